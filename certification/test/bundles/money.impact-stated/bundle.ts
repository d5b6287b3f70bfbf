import { badBundle, refunds } from '../../bad-bundle.ts'

export default badBundle({
  manifest: refunds,
  execute({ output, payBack }) {
    payBack()
    output.proposals = output.proposals.map((proposal) => ({ ...proposal, impact: undefined }))
  },
})
