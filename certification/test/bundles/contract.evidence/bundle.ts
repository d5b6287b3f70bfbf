import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ moveBills, output }) {
    moveBills()
    output.proposals = output.proposals.map((proposal) => ({ ...proposal, because: [] }))
  },
})
