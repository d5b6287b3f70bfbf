import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { state: { type: 'object', properties: { seen: { type: 'array' } } } },
  execute({ moveBills, output, state, today }) {
    moveBills()
    output.state = { seen: [...(state?.seen ?? []), today.toString()] }
  },
})
