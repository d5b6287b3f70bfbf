import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    moveBills()
    if (!data.bills[0]) throw new RangeError('there is no first bill')
  },
})
