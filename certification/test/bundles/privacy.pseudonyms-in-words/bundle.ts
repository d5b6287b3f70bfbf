import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills, recommend }) {
    moveBills()
    const [largest] = data.bills.toSorted((a, b) => b.amountDue.amount - a.amountDue.amount)
    if (largest) recommend(`Look at ${largest.id} first.`)
  },
})
