import { datasetNames, datasetOf } from '../../contract/datasets/index.ts'
import { ledgerCategories, makeAccounts, makeBills, makeInvoices, makeTransactions } from './ledger.ts'
import { making, type Records } from './making.ts'
import { makeCustomers, makeSuppliers } from './parties.ts'
import { makeAds, makeInventory, makeOrders, makeProducts, makePurchaseOrders, makeTickets } from './shop.ts'

/** A business that does not exist, whole: fourteen datasets whose references hold together. */
export interface ExampleBusiness {
  name: string
  currency: string
  country: string
  timeZone: string
  locale: string
  /** Its day, `YYYY-MM-DD`: every record is dated around it. */
  today: string
  /** Its own domains, which texts to third parties may link to. */
  domains: readonly string[]
  /** Its ledger categories. */
  categories: readonly string[]
  /** As its operator sees them, in the order of their time. */
  records: Records
}

export interface ExampleOptions {
  /** Another seed is another business of the same sort; 1 unless told. */
  seed?: number
  /** `YYYY-MM-DD`; 2026-12-01 unless told. */
  today?: string
}

function inOrder(records: Records): Records {
  const sorted = datasetNames.map((name) => {
    const { time } = datasetOf(name)
    const rows = [...records[name]] as Readonly<Record<string, unknown>>[]
    if (time !== null) rows.sort((a, b) => String(a[time]).localeCompare(String(b[time])))
    return [name, rows]
  })
  return Object.fromEntries(sorted)
}

/**
 * An invented homeware shop with a year behind it: late payers, bills to come, stock that runs out,
 * uncategorised bank rows, adverts that do not pay. The same seed and day give the same rows.
 */
export function exampleBusiness({ seed = 1, today = '2026-12-01' }: ExampleOptions = {}): ExampleBusiness {
  const make = making(seed, today)
  const suppliers = makeSuppliers(make)
  const customers = makeCustomers(make)
  const accounts = makeAccounts(make)
  const products = makeProducts(make, suppliers)
  const invoices = makeInvoices(make, customers)
  const bills = makeBills(make, suppliers)
  const shop = makeOrders(make, { customers, products })
  const records: Records = {
    suppliers,
    customers,
    accounts,
    products,
    inventory: makeInventory(make, products),
    invoices,
    bills,
    transactions: makeTransactions(make, { accounts, invoices, bills, customers, suppliers }),
    ...shop,
    purchaseOrders: makePurchaseOrders(make, products),
    ...makeAds(make),
    tickets: makeTickets(make, shop.orders),
  }
  return {
    name: 'Briar & Rook Homeware Ltd',
    currency: 'GBP',
    country: 'GB',
    timeZone: 'Europe/London',
    locale: 'en-GB',
    today,
    domains: ['briarandrook.example'],
    categories: ledgerCategories,
    records: inOrder(records),
  }
}
