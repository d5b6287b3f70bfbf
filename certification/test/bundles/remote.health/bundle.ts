import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer: ({ request }) =>
    request.method === 'GET'
      ? Response.json({ status: 'ok', service: 'bill-mover', version: '0.9.0', contract: 1 })
      : undefined,
})
