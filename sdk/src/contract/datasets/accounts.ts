import { defineDataset, field } from '../dataset.ts'

export const accounts = defineDataset({
  name: 'accounts',
  singular: 'account',
  prefix: 'acc',
  description: 'Bank, card and cash accounts with dated balances.',
  time: null,
  openWhile: null,
  naturalKey: ['name'],
  fields: {
    id: field.identifier(),
    name: field.text('What the business calls it.', { required: true }),
    kind: field.enum(['bank', 'card', 'cash', 'savings', 'loan', 'other'], 'What sort of account it is.', {
      required: true,
    }),
    number: field.code('The bank’s own number of the account.'),
    iban: field.iban('International bank account number.'),
    currency: field.currency('The currency that it is kept in.', { required: true }),
    balance: field.money('The balance at the end of the day named by balanceAt.'),
    balanceAt: field.date('The day of the balance.'),
  },
})
