import { defineDataset, field } from '../dataset.ts'

export const purchaseOrders = defineDataset({
  name: 'purchaseOrders',
  singular: 'purchase order',
  prefix: 'pur',
  description: 'What the business ordered from suppliers.',
  time: 'orderedAt',
  openWhile: { field: 'status', values: ['draft', 'sent', 'partial'] },
  naturalKey: ['number', 'supplier', 'product', 'orderedAt'],
  fields: {
    id: field.identifier(),
    number: field.code('The purchase order’s number.'),
    supplier: field.reference('suppliers', 'Whom it went to.'),
    product: field.reference('products', 'What was ordered.'),
    quantity: field.quantity('How many.', { required: true }),
    unitCost: field.money('What one costs.'),
    amount: field.money('What it comes to.'),
    orderedAt: field.date('The day that it was ordered.', { required: true }),
    expectedAt: field.date('The day that it should arrive.'),
    receivedAt: field.date('The day that it arrived.'),
    status: field.enum(['draft', 'sent', 'partial', 'received', 'cancelled'], 'Where it stands.', {
      required: true,
    }),
  },
})
