import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    data: {
      invoices: {
        fields: ['id', 'dueAt', 'status'],
        history: '1d',
        purpose: 'To find the invoices that are late.',
      },
    },
    actions: [{ type: 'invoice.remind' }],
  },
  execute({ data, today, propose }) {
    for (const { id, dueAt, status } of data.invoices) {
      if (status !== 'open' || dueAt >= today.toString()) continue
      const text = 'Pay {invoice.amountDue} at https://pay.elsewhere.example'
      propose(
        'invoice.remind',
        { invoice: id, text },
        { confidence: 0.9, because: [{ dataset: 'invoices', id }] },
      )
    }
  },
})
