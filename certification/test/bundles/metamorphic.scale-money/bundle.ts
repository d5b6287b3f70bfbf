import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    data.bills = data.bills.filter(({ amountDue }) => amountDue.amount < 100_000)
    moveBills()
  },
})
