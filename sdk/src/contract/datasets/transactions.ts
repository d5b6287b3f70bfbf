import { defineDataset, field } from '../dataset.ts'

export const transactions = defineDataset({
  name: 'transactions',
  singular: 'transaction',
  prefix: 'txn',
  description: 'What moved on the accounts: one row of a bank or card statement.',
  time: 'bookedAt',
  openWhile: null,
  naturalKey: ['account', 'bookedAt', 'amount', 'description'],
  fields: {
    id: field.identifier(),
    account: field.reference('accounts', 'The account that it moved on.', { required: true }),
    bookedAt: field.date('The day that the bank booked it.', { required: true }),
    valueAt: field.date('The day that interest counts from.'),
    amount: field.money('What moved: positive in, negative out.', { required: true }),
    counterparty: field.counterparty('Who stands on the other side, as an id that stays the same.'),
    counterpartyText: field.text('The other side’s name as the bank wrote it.'),
    description: field.text('The bank’s text.'),
    reference: field.code('The bank’s or payer’s reference.'),
    counterpartyIban: field.iban('The other side’s account.'),
    category: field.category('The ledger category that the operator gave it.'),
    merchantCategory: field.category('The kind of merchant, as the card scheme or the statement names it.'),
    invoice: field.reference('invoices', 'The invoice that it pays.'),
    bill: field.reference('bills', 'The bill that it pays.'),
    isTransfer: field.boolean('Whether it only moves money between the business’s own accounts.'),
  },
})
