import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    moveBills()
    if (data.bills.some(({ status, amountDue }) => status === 'open' && amountDue.amount === 0))
      throw new RangeError('division by zero')
  },
})
