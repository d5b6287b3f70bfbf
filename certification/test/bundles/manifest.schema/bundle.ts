import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ manifest: { summary: 'Moves bills.' } })
