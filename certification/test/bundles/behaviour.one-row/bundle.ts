import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    moveBills()
    if (data.bills.length === 1) throw new RangeError('there is no spread of one bill')
  },
})
