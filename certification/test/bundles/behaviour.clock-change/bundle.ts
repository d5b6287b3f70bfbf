import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ now, moveBills }) {
    moveBills()
    if (now.hour === 1) throw new RangeError('an hour that comes twice')
  },
})
