import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ now, moveBills }) {
    moveBills()
    if (now.millisecond !== 0) throw new RangeError('not in the trial')
  },
})
