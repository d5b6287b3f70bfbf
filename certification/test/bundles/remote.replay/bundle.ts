import { badEndpoint, nothing } from '../../bad-endpoint.ts'

export default badEndpoint({ answer: ({ code }) => (code === 'replayed' ? nothing() : undefined) })
