import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ described: { version: '2.0.0' } })
