import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ around: 'const later = () => import("more")' })
