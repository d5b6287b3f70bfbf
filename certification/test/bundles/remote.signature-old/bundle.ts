import { badEndpoint, nothing } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer: ({ code }) => (code === 'outside-replay-window' ? nothing() : undefined),
})
