import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ today, moveBills }) {
    moveBills()
    if (today.month === 2 && today.day === 29) throw new RangeError('there is no such day next year')
  },
})
