import { badBundle, refunds } from '../../bad-bundle.ts'

export default badBundle({
  manifest: refunds,
  execute({ data, output, payBack }) {
    payBack()
    const largest = data.orders.toSorted((a, b) => b.total.amount - a.total.amount)[0]
    const because = largest ? [{ dataset: 'orders', id: largest.id }] : []
    output.proposals = output.proposals.map((proposal) => ({ ...proposal, because }))
  },
})
