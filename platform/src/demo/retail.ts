import { parse } from 'csv-parse/sync'
import { dayOf, readRows, shifted, shiftFor, today, type Row } from './samples.ts'

/**
 * A shop from real order lines. What the source does not have is derived from its rows by the rules that
 * stand at each function; samples/SOURCE.txt tells them in words.
 */
export interface Shop {
  lines: Row[]
  orders: ShopOrder[]
  products: ShopProduct[]
}

export interface ShopOrder {
  number: string
  customer: string
  day: number
  minor: number
}

export interface ShopProduct {
  sku: string
  title: string
  minor: number
  /** Pieces sold in a usual week of the last 13. */
  weekly: number
  supplier: Supplier
}

export interface Supplier {
  name: string
  leadTimeDays: number
}

/** Reads the lines of an online retailer, moved to end this week. */
export async function readShop(sample: string, suppliers: readonly Supplier[]): Promise<Shop> {
  const rows = await readRows(sample)
  const shift = shiftFor(rows.map((row) => dayOf(row['InvoiceDate'] ?? '')))
  const lines = rows.map((row) => ({
    ...row,
    InvoiceDate: shifted(row['InvoiceDate'] ?? '', shift),
    CustomerID: (row['CustomerID'] ?? '').replace('.0', ''),
  }))
  return shopOf(lines, suppliers)
}

/** Reads what a Shopify order export tells of a shop. */
export function readShopify(exported: string, suppliers: readonly Supplier[]): Shop {
  const rows: Row[] = parse(exported, { columns: true })
  const lines = rows.map((row) => ({
    InvoiceNo: row['Name'] ?? '',
    StockCode: row['Lineitem sku'] ?? '',
    Description: row['Lineitem name'] ?? '',
    Quantity: row['Lineitem quantity'] ?? '',
    UnitPrice: row['Lineitem price'] ?? '',
    InvoiceDate: row['Created at'] ?? '',
  }))
  return shopOf(lines, suppliers)
}

function shopOf(lines: Row[], suppliers: readonly Supplier[]): Shop {
  return { lines, orders: ordersOf(lines), products: productsOf(lines, suppliers) }
}

function ordersOf(lines: readonly Row[]): ShopOrder[] {
  const byNumber = Map.groupBy(lines, (line) => line['InvoiceNo'] ?? '')
  return [...byNumber].map(([number, own]) => ({
    number,
    customer: own[0]?.['CustomerID'] ?? '',
    day: dayOf(own[0]?.['InvoiceDate'] ?? ''),
    minor: own.reduce((sum, line) => sum + minorOf(line), 0),
  }))
}

/** What a line comes to, in minor units. */
export const minorOf = (line: Row): number =>
  Math.round(Number(line['Quantity']) * Number(line['UnitPrice']) * 100)

/** A product's price is the middle one it was sold at; its supplier goes by its code. The best-selling first. */
function productsOf(lines: readonly Row[], suppliers: readonly Supplier[]): ShopProduct[] {
  const days = lines.map((line) => dayOf(line['InvoiceDate'] ?? ''))
  const since = Math.max(today() - 13 * 7, Math.min(...days.slice(0, 1)))
  const weeks = Math.max(1, (today() - since) / 7)
  const products = [...Map.groupBy(lines, (line) => line['StockCode'] ?? '')].map(([sku, own]) => {
    const prices = own.map((line) => Number(line['UnitPrice']) * 100).toSorted((a, b) => a - b)
    const recent = own.filter((line) => dayOf(line['InvoiceDate'] ?? '') >= since)
    const pieces = recent.reduce((sum, line) => sum + Number(line['Quantity']), 0)
    const supplier = suppliers[(Number.parseInt(sku, 10) || 0) % suppliers.length]
    if (!supplier) throw new Error('a shop needs a supplier')
    return {
      sku,
      title: own[0]?.['Description'] ?? '',
      minor: Math.round(prices[Math.floor(prices.length / 2)] ?? 0),
      weekly: pieces / weeks,
      supplier,
    }
  })
  return products.toSorted((a, b) => b.weekly - a.weekly)
}

/** Trade customers, those whose number ends in 7, 8 or 9, buy on account; all others in the web shop. */
export function splitTrade(shop: Shop): { web: Row[]; trade: ShopOrder[]; sold: ShopOrder[] } {
  const isTrade = (customer: string) => /[789]$/.test(customer)
  return {
    web: shop.lines.filter((line) => !isTrade(line['CustomerID'] ?? '')),
    trade: shop.orders.filter(({ customer }) => isTrade(customer)),
    sold: shop.orders.filter(({ customer }) => !isTrade(customer)),
  }
}
