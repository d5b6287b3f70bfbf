import {
  accountOf,
  bankOf,
  customersOf,
  goodsBillsOf,
  invoicesOf,
  overheadBillsOf,
  transactionsOf,
} from './books.ts'
import { readCards } from './cards.ts'
import { readText, withIsoDaysMoved, withStatementDaysMoved } from './dated-texts.ts'
import { readNonprofit } from './nonprofit.ts'
import type { PersonKey } from './people.ts'
import { readShop, readShopify, splitTrade, type Supplier } from './retail.ts'
import { readSample, toCsv, type Row } from './samples.ts'
import { inventoryOf, productsOf, purchaseOrdersOf, suppliersOf } from './stock.ts'

/** A file as an operator would upload it. A CSV says what its columns mean. */
export interface DemoFile {
  name: string
  content: string
  mapping?: object
  role?: 'buyer' | 'seller'
}

export interface DemoBusiness {
  name: string
  legalName?: string
  currency: string
  country: string
  timeZone: string
  locale: string
  tags: string[]
  domains: string[]
  files(): Promise<DemoFile[]>
  /** The services that it subscribes to, with their settings. */
  services: Record<string, object>
}

export interface DemoOperator {
  name: string
  owner: PersonKey
  viewer?: PersonKey
  businesses: DemoBusiness[]
}

const giftSuppliers: Supplier[] = [
  { name: 'Pennine Ceramics Ltd', leadTimeDays: 21 },
  { name: 'Brightwick Candles Ltd', leadTimeDays: 10 },
  { name: 'Fenland Paper Mills', leadTimeDays: 14 },
  { name: 'Orchard Tinware Co', leadTimeDays: 30 },
]
const tradeSuppliers: Supplier[] = [
  { name: 'Elbe Keramik GmbH', leadTimeDays: 14 },
  { name: 'Spreewald Holzwaren GmbH', leadTimeDays: 18 },
  { name: 'Kontor Hansa Import', leadTimeDays: 35 },
]

const uk = { currency: 'GBP', country: 'GB', timeZone: 'Europe/London', locale: 'en-GB' }
const de = { currency: 'EUR', country: 'DE', timeZone: 'Europe/Berlin', locale: 'de-DE' }

/** A CSV whose columns are named as the dataset's fields. */
function table(dataset: string, rows: readonly object[]): DemoFile {
  const columns = Object.keys(rows[0] ?? {}).map((name) => [name, name])
  return {
    name: `${dataset}.csv`,
    content: toCsv(rows),
    mapping: { dataset, columns: Object.fromEntries(columns), dateOrder: 'ymd', decimal: '.' },
  }
}

function linesFile(lines: readonly Row[], currency: string): DemoFile {
  return {
    name: 'online-retail.csv',
    content: toCsv(lines),
    mapping: {
      dataset: 'orderLines',
      columns: {
        InvoiceNo: 'order.number',
        StockCode: 'product.sku',
        Description: 'description',
        Quantity: 'quantity',
        InvoiceDate: 'placedAt',
        UnitPrice: 'unitPrice',
        CustomerID: 'order.customer.id',
        Country: 'order.country',
      },
      dateOrder: 'ymd',
      decimal: '.',
      currency,
    },
  }
}

/** A web shop with trade customers. Files come in the order in which references find what they refer to. */
async function shopFiles(): Promise<DemoFile[]> {
  const { currency, country } = uk
  const shop = await readShop('online-retail-uk.csv', giftSuppliers)
  const { web, trade, sold } = splitTrade(shop)
  const customers = await customersOf(shop.orders, country)
  const invoices = invoicesOf(trade, currency)
  const bills = [...goodsBillsOf(shop, currency), ...overheadBillsOf(shop, currency)]
  const bank = bankOf(sold, invoices, bills, customers)
  return [
    table('suppliers', suppliersOf(shop)),
    table('customers', customers),
    table('products', productsOf(shop, currency)),
    linesFile(web, currency),
    table('inventory', inventoryOf(shop)),
    table('purchaseOrders', purchaseOrdersOf(shop, currency)),
    table('invoices', invoices),
    table('bills', bills),
    table('accounts', [accountOf(bank, 5, currency)]),
    table('transactions', transactionsOf(bank, currency)),
  ]
}

const cardMapping = {
  dataset: 'transactions',
  columns: {
    'TRANS DATE': 'bookedAt',
    'BILLING GROSS AMT': 'amount',
    'BILLING CUR CODE': 'currency',
    'MERCHANT NAME': 'counterpartyText',
    'TRANS CAC DESC 2': 'description',
    'TRANS CAC DESC 1': 'category',
  },
  constants: { 'account.name': 'Purchase cards' },
  dateOrder: 'ymd',
  decimal: '.',
  positiveMeans: 'out',
}

async function cardFiles(): Promise<DemoFile[]> {
  const { cards, account, transactions } = await readCards()
  return [
    table('accounts', [account]),
    table('transactions', transactions),
    { name: 'purchase-cards.csv', content: toCsv(cards), mapping: cardMapping },
  ]
}

async function nonprofitFiles(): Promise<DemoFile[]> {
  const { account, transactions, bills } = await readNonprofit()
  return [table('accounts', [account]), table('transactions', transactions), table('bills', bills)]
}

async function shopifyFiles(): Promise<DemoFile[]> {
  const content = withIsoDaysMoved(await readSample('shopify-orders.csv'))
  const shop = readShopify(content, giftSuppliers)
  return [
    { name: 'orders_export.csv', content },
    table('suppliers', suppliersOf(shop)),
    table('products', productsOf(shop, uk.currency)),
    table('inventory', inventoryOf(shop)),
    table('bills', [...goodsBillsOf(shop, uk.currency), ...overheadBillsOf(shop, uk.currency)]),
  ]
}

/** A wholesaler: everybody buys on account. */
async function tradeFiles(): Promise<DemoFile[]> {
  const { currency, country } = de
  const shop = await readShop('online-retail-de-at.csv', tradeSuppliers)
  const customers = await customersOf(shop.orders, country)
  const invoices = invoicesOf(shop.orders, currency)
  const bills = [...goodsBillsOf(shop, currency), ...overheadBillsOf(shop, currency)]
  const bank = bankOf([], invoices, bills, customers)
  return [
    table('suppliers', suppliersOf(shop)),
    table('customers', customers),
    table('invoices', invoices),
    table('bills', bills),
    table('accounts', [accountOf(bank, 3, currency)]),
    table('transactions', transactionsOf(bank, currency)),
    {
      name: 'rechnung-ubl.xml',
      content: withIsoDaysMoved(await readText('invoice-ubl.xml')),
      role: 'seller',
    },
    { name: 'rechnung-cii.xml', content: withIsoDaysMoved(await readText('bill-cii.xml')), role: 'buyer' },
  ]
}

async function statementFiles(): Promise<DemoFile[]> {
  const names = ['abnamro.sta', 'ing.sta']
  return Promise.all(
    names.map(async (name) => ({ name, content: withStatementDaysMoved(await readText(name)) })),
  )
}

/** Two operators with three businesses each. */
export const portfolio: DemoOperator[] = [
  {
    name: 'Quayside Group',
    owner: 'maya',
    viewer: 'ines',
    businesses: [
      {
        ...uk,
        name: 'Harbour Gifts',
        tags: ['retail', 'online'],
        domains: ['harbour-gifts.example'],
        files: shopFiles,
        services: { 'inventory-planner': {}, 'receivables-accelerator': {}, 'cash-flow-optimizer': {} },
      },
      {
        ...uk,
        name: 'Midland Works',
        tags: ['services'],
        domains: ['midland-works.example'],
        files: cardFiles,
        services: { 'expense-categoriser': {} },
      },
      {
        name: 'Makers’ Yard',
        currency: 'USD',
        country: 'US',
        timeZone: 'America/Los_Angeles',
        locale: 'en-US',
        tags: ['non-profit'],
        domains: ['makers-yard.example'],
        files: nonprofitFiles,
        services: { 'cash-flow-optimizer': { runwayWeeks: 8 } },
      },
    ],
  },
  {
    name: 'Linden & Söhne',
    owner: 'jonas',
    businesses: [
      {
        ...de,
        name: 'Nordwind Handel',
        legalName: 'Mustermann GmbH',
        tags: ['wholesale'],
        domains: ['nordwind-handel.example'],
        files: tradeFiles,
        services: { 'receivables-accelerator': { graceDays: 7 }, 'cash-flow-optimizer': {} },
      },
      {
        ...uk,
        name: 'Lantern & Loom',
        tags: ['retail', 'online'],
        domains: ['lantern-and-loom.example'],
        files: shopifyFiles,
        services: { 'inventory-planner': { coverDays: 21 } },
      },
      {
        name: 'Atelier Zuid',
        currency: 'EUR',
        country: 'NL',
        timeZone: 'Europe/Amsterdam',
        locale: 'nl-NL',
        tags: ['studio'],
        domains: ['atelier-zuid.example'],
        files: statementFiles,
        services: {},
      },
    ],
  },
]
