import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ moveBills }) {
    moveBills()
    moveBills()
  },
})
