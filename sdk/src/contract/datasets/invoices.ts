import { defineDataset, field } from '../dataset.ts'

export const invoices = defineDataset({
  name: 'invoices',
  singular: 'invoice',
  prefix: 'inv',
  description: 'What customers owe the business.',
  time: 'issuedAt',
  openWhile: { field: 'status', values: ['open'] },
  naturalKey: ['number', 'customer', 'issuedAt', 'amount'],
  fields: {
    id: field.identifier(),
    number: field.code('The invoice number.'),
    customer: field.reference('customers', 'Who owes it.'),
    issuedAt: field.date('The day on the invoice.', { required: true }),
    dueAt: field.date('The day that it is due.', { required: true }),
    paidAt: field.date('The day that the last of it was paid.'),
    amount: field.money('The whole amount, tax included.', { required: true }),
    taxAmount: field.money('The tax within the amount.'),
    amountDue: field.money('What is still owed.', { required: true }),
    status: field.enum(['draft', 'open', 'paid', 'void', 'written-off'], 'Where it stands.', {
      required: true,
    }),
    remindedAt: field.date('The day of the last reminder.'),
    remindersSent: field.quantity('How many reminders were sent.'),
    discountRate: field.rate('The discount offered for paying by discountUntil: 0.02 is 2 %.'),
    discountUntil: field.date('The last day of the offered discount.'),
    category: field.category('The income category.'),
    notes: field.text('What stands on it in words.'),
  },
})
