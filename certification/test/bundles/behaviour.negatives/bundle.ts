import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    moveBills()
    if (data.bills.some(({ amountDue }) => amountDue.amount < 0)) throw new RangeError('no logarithm')
  },
})
