import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, today, output }) {
    const soon = data.bills.filter(
      ({ id, status, dueAt }) => id && status === 'open' && dueAt > today.toString(),
    )
    const amount = soon.reduce((sum, { amountDue }) => sum + amountDue.amount, 0)
    output.metrics = { soon: { amount: Math.min(amount, Number.MAX_SAFE_INTEGER), currency: 'GBP' } }
  },
})
