import { badBundle } from '../../bad-bundle.ts'

const table = Array.from({ length: 1_200 }, (_, i) => (i * 31) % 256)

export default badBundle({ around: `const table = ${JSON.stringify(table)}` })
