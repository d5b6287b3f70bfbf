import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ around: 'const later = () => eval("1 + 1")' })
