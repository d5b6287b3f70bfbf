import { minorOf, type Shop, type ShopOrder } from './retail.ts'
import { dayOf, isoOf, readRows, today } from './samples.ts'
import { costShare, decimal, mailDomainOf } from './stock.ts'

const termDays = 30
const account = 'Business current account'

export interface Customer {
  id: string
  company: string
  [column: string]: string | number | undefined
}

/** An invoice or a bill, as a row of its CSV. */
export interface Item {
  number: string
  amount: string
  category: string
  /** Empty while it is open. */
  paidAt: string
  [column: string]: string
}

/** The source knows its customers by number only; each is lent one of the fictitious identities. */
export async function customersOf(orders: readonly ShopOrder[], country: string): Promise<Customer[]> {
  const identities = await readRows('identities.csv')
  const numbers = [...new Set(orders.map(({ customer }) => customer))].filter(Boolean).sort()
  return numbers.map((id, i) => {
    const who = identities[i % identities.length] ?? {}
    const again = i < identities.length ? '' : ` ${Math.floor(i / identities.length) + 1}`
    const company = `${who['Company']}${again}`
    const mailbox = `${who['GivenName']}.${who['Surname']}`.normalize('NFD').replace(/[^\w.]/g, '')
    return {
      id,
      name: `${who['GivenName']} ${who['Surname']}`,
      company,
      email: `${mailbox.toLowerCase()}@${mailDomainOf(company)}`,
      phone: who['TelephoneNumber'],
      street: who['StreetAddress'],
      city: who['City'],
      postcode: who['ZipCode'],
      country,
      paymentTermDays: termDays,
    }
  })
}

/** How many days after the due day a customer pays: by the second last digit of its number. Every 17th invoice is not paid at all. */
const delays = [-3, 0, 1, 0, -1, 2, 3, 6, 12, 30]

/** Each order worth 50 or more is invoiced at 30 days. */
export function invoicesOf(orders: readonly ShopOrder[], currency: string): Item[] {
  const known = orders.filter(({ customer, minor }) => customer && minor >= 5_000)
  return known.map(({ number, customer, day, minor }, i) => {
    const due = day + termDays
    const delay = i % 17 === 16 ? 10_000 : (delays[Number(customer.at(-2))] ?? 0)
    return item(`INV-${number}`, 'Sales on account', day, due, due + delay, minor, currency, {
      'customer.id': customer,
    })
  })
}

/** What was sold in a month is bought from its suppliers at cost, billed on the 28th. */
export function goodsBillsOf({ lines, products }: Shop, currency: string): Item[] {
  const supplierOf = new Map(products.map(({ sku, supplier }) => [sku, supplier.name]))
  const groups = Map.groupBy(lines, (line) => {
    const month = line['InvoiceDate']?.slice(0, 7) ?? ''
    return `${month} ${supplierOf.get(line['StockCode'] ?? '') ?? ''}`
  })
  return [...groups].sort().map(([key, own], i) => {
    const minor = own.reduce((sum, line) => sum + Math.round(minorOf(line) * costShare), 0)
    return bill(
      `${key.slice(0, 7)}-${100 + i}`,
      key.slice(8),
      'Cost of goods',
      key,
      minor,
      termDays,
      currency,
    )
  })
}

const overheads = [
  { payee: 'Tideway Staffing', category: 'Staff', share: 0.22, termDays: 7 },
  { payee: 'Quay Estates', category: 'Rent', share: 0.08, termDays: 14 },
  { payee: 'Meridian Parcels', category: 'Shipping', share: 0.09, termDays: 21 },
  { payee: 'Northgate Energy', category: 'Power', share: 0.03, termDays: 14 },
]

/** Staff, rent, shipping and power are billed by the month, each at a share of its sales. */
export function overheadBillsOf({ orders }: Shop, currency: string): Item[] {
  const byMonth = [...Map.groupBy(orders, ({ day }) => isoOf(day).slice(0, 7))].sort()
  return byMonth.flatMap(([month, own]) => {
    const sales = own.reduce((sum, { minor }) => sum + minor, 0)
    return overheads.map(({ payee, category, share, termDays }, i) =>
      bill(`${month}-${i + 1}`, payee, category, month, Math.round(sales * share), termDays, currency),
    )
  })
}

function bill(
  number: string,
  payee: string,
  category: string,
  month: string,
  minor: number,
  days: number,
  currency: string,
): Item {
  const issued = Math.min(dayOf(`${month.slice(0, 7)}-28`), today())
  return item(number, category, issued, issued + days, issued + days, minor, currency, {
    'supplier.name': payee,
  })
}

function item(
  number: string,
  category: string,
  issued: number,
  due: number,
  paid: number,
  minor: number,
  currency: string,
  whom: Record<string, string>,
): Item {
  const isPaid = paid <= today()
  return {
    number,
    ...whom,
    issuedAt: isoOf(issued),
    dueAt: isoOf(due),
    paidAt: isPaid ? isoOf(Math.max(paid, issued)) : '',
    amount: decimal(minor),
    amountDue: decimal(isPaid ? 0 : minor),
    currency,
    status: isPaid ? 'paid' : 'open',
    category,
  }
}

export interface Movement {
  day: number
  minor: number
  counterpartyText: string
  description: string
  category: string
}

/** The bank shows each invoice and bill on the day that it was paid, and the web shop's takings the day after. */
export function bankOf(
  sold: readonly ShopOrder[],
  invoices: readonly Item[],
  bills: readonly Item[],
  customers: readonly Customer[],
): Movement[] {
  const nameOf = new Map(customers.map(({ id, company }) => [id, company]))
  const paid = (items: readonly Item[], sign: number) =>
    items
      .filter(({ paidAt }) => paidAt !== '')
      .map(({ number, amount, category, paidAt, ...whom }) => ({
        day: dayOf(paidAt),
        minor: sign * Math.round(Number(amount) * 100),
        counterpartyText: whom['supplier.name'] ?? nameOf.get(whom['customer.id'] ?? '') ?? '',
        description: `Payment of ${number}`,
        category,
      }))
  const takings = [...Map.groupBy(sold, ({ day }) => day + 1)].filter(([day]) => day <= today())
  return [
    ...paid(invoices, 1),
    ...paid(bills, -1),
    ...takings.map(([day, own]) => ({
      day,
      minor: own.reduce((sum, { minor }) => sum + minor, 0),
      counterpartyText: 'Card terminal',
      description: 'Card takings',
      category: 'Sales',
    })),
  ].toSorted((a, b) => a.day - b.day)
}

export function transactionsOf(bank: readonly Movement[], currency: string): object[] {
  return bank.map(({ day, minor, ...row }) => ({
    'account.name': account,
    bookedAt: isoOf(day),
    amount: decimal(minor),
    currency,
    ...row,
  }))
}

/** On the account are so many weeks of what usually goes out. */
export function accountOf(bank: readonly Movement[], weeks: number, currency: string): object {
  const out = bank.filter(({ day, minor }) => day >= today() - 91 && minor < 0)
  const weekly = -out.reduce((sum, { minor }) => sum + minor, 0) / 13
  return {
    name: account,
    kind: 'bank',
    currency,
    balance: decimal(weekly * weeks),
    balanceAt: isoOf(today()),
  }
}
