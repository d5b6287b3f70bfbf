import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ around: 'const later = () => fetch("https://elsewhere.example")' })
