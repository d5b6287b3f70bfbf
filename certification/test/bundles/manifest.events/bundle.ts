import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ manifest: { schedule: undefined, on: ['orders.imported'] } })
