import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    moveBills()
    if (data.bills.some(({ amountDue }) => amountDue.amount === Number.MAX_SAFE_INTEGER))
      throw new RangeError('not a safe integer')
  },
})
