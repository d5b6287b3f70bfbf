import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ manifest: { docs: 'https://localhost/docs' } })
