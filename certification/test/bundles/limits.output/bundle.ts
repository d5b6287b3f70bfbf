import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ today, moveBills, recommend }) {
    moveBills()
    if (today.day === 29) recommend('Pay later. '.repeat(120_000))
  },
})
