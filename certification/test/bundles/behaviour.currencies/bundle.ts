import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    moveBills()
    if (new Set(data.bills.map(({ amountDue }) => amountDue.currency)).size > 1)
      throw new RangeError('cannot add pounds and yen')
  },
})
