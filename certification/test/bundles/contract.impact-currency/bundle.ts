import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ moveBills, output, data }) {
    moveBills()
    output.proposals = output.proposals.map((proposal) => ({
      ...proposal,
      impact: { amount: Math.max(...data.bills.map(({ amountDue }) => amountDue.amount)), currency: 'CHF' },
    }))
  },
})
