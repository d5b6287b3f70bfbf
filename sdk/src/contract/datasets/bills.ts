import { defineDataset, field } from '../dataset.ts'

export const bills = defineDataset({
  name: 'bills',
  singular: 'bill',
  prefix: 'bil',
  description: 'What the business owes its suppliers.',
  time: 'issuedAt',
  openWhile: { field: 'status', values: ['open'] },
  naturalKey: ['number', 'supplier', 'issuedAt', 'amount'],
  fields: {
    id: field.identifier(),
    number: field.code('The supplier’s invoice number.'),
    supplier: field.reference('suppliers', 'Whom it is owed to.'),
    issuedAt: field.date('The day on the bill.', { required: true }),
    dueAt: field.date('The day that it is due to be paid.', { required: true }),
    paidAt: field.date('The day that the last of it was paid.'),
    amount: field.money('The whole amount, tax included.', { required: true }),
    taxAmount: field.money('The tax within the amount.'),
    amountDue: field.money('What is still owed.', { required: true }),
    status: field.enum(['draft', 'open', 'paid', 'void'], 'Where it stands.', { required: true }),
    category: field.category('The ledger category of the expense.'),
    notes: field.text('What stands on it in words.'),
  },
})
