import { defineDataset, field } from '../dataset.ts'

export const inventory = defineDataset({
  name: 'inventory',
  singular: 'stock level',
  prefix: 'stk',
  description: 'How many of each product are in stock, where.',
  time: null,
  openWhile: null,
  naturalKey: ['product', 'location'],
  fields: {
    id: field.identifier(),
    product: field.reference('products', 'The product.', { required: true }),
    location: field.category('The place of storage.'),
    onHand: field.quantity('How many are there.', { required: true }),
    committed: field.quantity('How many of them are already sold.'),
    incoming: field.quantity('How many are on their way.'),
    reorderPoint: field.quantity('The level at which the business reorders.'),
    countedAt: field.date('The day of the count.'),
  },
})
