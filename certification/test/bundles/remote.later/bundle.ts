import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer: ({ body }) =>
    body.includes('"now":"2028-02-29') ? new Response(null, { status: 202 }) : undefined,
})
