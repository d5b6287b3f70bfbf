import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer({ body, code, memory }) {
    const { grant = '' } = body === '' ? {} : (JSON.parse(body) as { grant?: string })
    const isKnown = memory.has(grant)
    if (code === undefined) memory.add(grant)
    return isKnown && code === undefined ? new Response(null, { status: 502 }) : undefined
  },
})
