import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer: ({ code }) => (code === 'bad-request' ? new Response(null, { status: 500 }) : undefined),
})
