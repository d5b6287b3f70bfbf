import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer: ({ body }) => (body.includes('futureMember') ? new Response(null, { status: 400 }) : undefined),
})
