import { badEndpoint, nothing } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer: ({ request }) =>
    request.method === 'GET' || request.headers.has('webhook-signature') ? undefined : nothing(),
})
