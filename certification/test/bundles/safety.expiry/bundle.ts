import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ today, output, moveBills }) {
    moveBills()
    const expires = today.subtract({ days: 1 }).toString()
    output.proposals = output.proposals.map((proposal) => ({ ...proposal, expires }))
  },
})
