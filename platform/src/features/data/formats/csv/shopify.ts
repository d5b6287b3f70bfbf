import type { MappingInput } from './mapping.ts'

/** Columns of Shopify's order export: one row for each line item, the order's own fields on its first row only. */
const columns: Record<string, string | string[]> = {
  Name: 'order.number',
  Email: ['order.email', 'order.customer.email'],
  'Financial Status': 'order.payment',
  'Paid at': 'order.paidAt',
  'Fulfillment Status': 'order.fulfilment',
  'Fulfilled at': 'order.fulfilledAt',
  'Accepts Marketing': 'order.customer.acceptsMarketing',
  Currency: 'currency',
  Subtotal: 'order.subtotal',
  Shipping: 'order.shipping',
  Taxes: 'order.tax',
  Total: 'order.total',
  'Discount Amount': 'order.discount',
  'Created at': 'placedAt',
  'Lineitem quantity': 'quantity',
  'Lineitem name': 'description',
  'Lineitem price': 'unitPrice',
  'Lineitem sku': 'product.sku',
  'Lineitem discount': 'discount',
  'Billing Name': 'order.customer.name',
  'Billing Street': 'order.customer.street',
  'Billing Company': 'order.customer.company',
  'Billing City': 'order.customer.city',
  'Billing Zip': 'order.customer.postcode',
  'Billing Province': 'order.customer.region',
  'Billing Country': 'order.customer.country',
  'Billing Phone': 'order.customer.phone',
  'Shipping Name': 'order.shippingName',
  'Shipping Street': 'order.shippingStreet',
  'Shipping City': 'order.city',
  'Shipping Zip': 'order.postcode',
  'Shipping Province': 'order.region',
  'Shipping Country': 'order.country',
  'Shipping Phone': 'order.shippingPhone',
  Notes: 'order.notes',
  'Cancelled at': 'order.cancelledAt',
  'Refunded Amount': 'order.refunded',
  Source: 'order.channel',
}

const telling = ['Name', 'Financial Status', 'Lineitem quantity', 'Lineitem name', 'Lineitem price']

/** The mapping of a Shopify order export, whatever columns its version adds or leaves out; undefined if it is none. */
export function shopifyOrders(header: readonly string[], headerLine: number): MappingInput | undefined {
  if (!telling.every((name) => header.includes(name))) return undefined
  return {
    dataset: 'orderLines',
    columns: Object.fromEntries(Object.entries(columns).filter(([name]) => header.includes(name))),
    dateOrder: 'ymd',
    decimal: '.',
    headerLine,
    source: 'shopify',
  }
}
