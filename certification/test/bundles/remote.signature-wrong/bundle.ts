import { badEndpoint, nothing } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer: ({ request, code }) =>
    code === 'bad-signature' && request.headers.has('webhook-signature') ? nothing() : undefined,
})
