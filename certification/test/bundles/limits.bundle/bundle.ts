import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ around: '// a table that could be a formula\n'.repeat(8_000) })
