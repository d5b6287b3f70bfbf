import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ today, moveBills }) {
    if (today.year < 2040) moveBills()
  },
})
