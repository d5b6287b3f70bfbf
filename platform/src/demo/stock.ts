import type { Shop, ShopProduct } from './retail.ts'
import { isoOf, today } from './samples.ts'

/** What a piece costs of what it is sold at. */
export const costShare = 0.45
const most = 30

export const decimal = (minor: number): string => (minor / 100).toFixed(2)
export const mailDomainOf = (name: string): string =>
  `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.example`

export function suppliersOf({ products }: Shop): object[] {
  return [...new Set(products.map(({ supplier }) => supplier))].map(({ name, leadTimeDays }) => ({
    name,
    email: `orders@${mailDomainOf(name)}`,
    leadTimeDays,
    paymentTermDays: 30,
  }))
}

/** The best-selling products, at less than half their price. */
export function productsOf({ products }: Shop, currency: string): object[] {
  return products.slice(0, most).map(({ sku, title, minor, supplier }) => ({
    sku,
    title,
    price: decimal(minor),
    cost: decimal(minor * costShare),
    currency,
    'supplier.name': supplier.name,
    isActive: 'yes',
  }))
}

/** In stock are half a week's to six weeks' sales, product by product in turn. */
export function inventoryOf({ products }: Shop): object[] {
  return products.slice(0, most).map(({ sku, title, weekly }, i) => ({
    'product.sku': sku,
    'product.title': title,
    location: 'Main store',
    onHand: Math.round(weekly * (0.5 + ((i * 5) % 12) * 0.5)),
    countedAt: isoOf(today()),
  }))
}

/** Each product was ordered every four weeks, and came when its supplier promised, a day more or less. */
export function purchaseOrdersOf({ products }: Shop, currency: string): object[] {
  const last = [16, 12, 8]
  return products
    .slice(0, most)
    .flatMap((product, i) => last.map((weeks, n) => purchaseOrder(product, i, n, weeks, currency)))
}

function purchaseOrder(
  { sku, title, minor, weekly, supplier }: ShopProduct,
  i: number,
  n: number,
  weeks: number,
  currency: string,
): object {
  const ordered = today() - weeks * 7 - (i % 7)
  const quantity = Math.max(1, Math.round(weekly * 4))
  const cost = Math.round(minor * costShare)
  return {
    number: `PO-${1000 + i * 3 + n}`,
    'supplier.name': supplier.name,
    'product.sku': sku,
    'product.title': title,
    quantity,
    unitCost: decimal(cost),
    amount: decimal(cost * quantity),
    currency,
    orderedAt: isoOf(ordered),
    expectedAt: isoOf(ordered + supplier.leadTimeDays),
    receivedAt: isoOf(ordered + supplier.leadTimeDays + ((i + n) % 3) - 1),
    status: 'received',
  }
}
