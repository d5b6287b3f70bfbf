import { defineDataset, field } from '../dataset.ts'

export const orderLines = defineDataset({
  name: 'orderLines',
  singular: 'order line',
  prefix: 'oln',
  description: 'The lines of the orders.',
  time: 'placedAt',
  openWhile: null,
  naturalKey: ['order', 'product', 'quantity', 'unitPrice', 'description'],
  fields: {
    id: field.identifier(),
    order: field.reference('orders', 'The order that it stands in.', { required: true }),
    product: field.reference('products', 'What was ordered.'),
    placedAt: field.timestamp('When the order was placed.', { required: true }),
    description: field.text('The line’s text.'),
    quantity: field.quantity('How many; negative when taken back.', { required: true }),
    unitPrice: field.money('The price of one, before discount.', { required: true }),
    discount: field.money('What was taken off the line.'),
    amount: field.money('What the line comes to.', { required: true }),
  },
})
