import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ moveBills, output }) {
    moveBills()
    output.state = { runs: 1 }
  },
})
