import { defineDataset, field } from '../dataset.ts'

export const products = defineDataset({
  name: 'products',
  singular: 'product',
  prefix: 'prd',
  description: 'What is sold.',
  time: null,
  openWhile: null,
  naturalKey: ['sku', 'title'],
  fields: {
    id: field.identifier(),
    sku: field.code('The shop’s own code.'),
    title: field.text('What it is called.', { required: true }),
    category: field.category('The product category.'),
    price: field.money('The price asked for one.'),
    cost: field.money('What one costs the business.'),
    supplier: field.reference('suppliers', 'Who supplies it.'),
    isActive: field.boolean('Whether it is on sale.'),
  },
})
