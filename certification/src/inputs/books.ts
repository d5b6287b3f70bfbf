import { datasetNames, datasetOf, type DatasetName } from '@bizq/sdk/contract'
import { makeAccounts, makeBills, makeInvoices, makeTransactions } from './ledger.ts'
import { startMaking, type Books, type BusinessShape, type Row } from './making.ts'
import { makeAdSpend, makeCampaigns, makeTickets } from './outreach.ts'
import { makeCustomers, makeSuppliers } from './parties.ts'
import { makeInventory, makeOrders, makeProducts, makePurchaseOrders } from './trade.ts'

/** Rows by their time, those of equal time as they were created; without a time as they were created. */
export function inOrder(dataset: DatasetName, rows: readonly Row[]): Row[] {
  const { time } = datasetOf(dataset)
  if (time === null) return [...rows]
  const at = (row: Row) => (typeof row[time] === 'string' ? row[time] : '')
  return rows.toSorted((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0))
}

/** A plausible business, the same for the same shape: references point at rows, totals add up, people have habits. */
export function makeBooks(shape: BusinessShape): Required<Books> {
  const making = startMaking(shape)
  const suppliers = makeSuppliers(making)
  const customers = makeCustomers(making)
  const accounts = makeAccounts(making)
  const products = makeProducts(making, suppliers)
  const invoices = makeInvoices(making, customers)
  const bills = makeBills(making, suppliers)
  const { orders, orderLines } = makeOrders(making, products, customers)
  const campaigns = makeCampaigns(making)
  const made: Record<DatasetName, Row[]> = {
    suppliers,
    customers,
    accounts,
    products,
    invoices,
    bills,
    orders,
    orderLines,
    campaigns,
    inventory: makeInventory(making, products),
    transactions: makeTransactions(making, { accounts, invoices, bills }),
    purchaseOrders: makePurchaseOrders(making, products, suppliers),
    adSpend: makeAdSpend(making, campaigns),
    tickets: makeTickets(making, { customers, orders }),
  }
  return Object.fromEntries(datasetNames.map((name) => [name, inOrder(name, made[name])])) as Required<Books>
}
