import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({
  async answer({ body }) {
    if (body.includes('"now":"2028-02-29')) await new Promise((resolve) => setTimeout(resolve, 5_000))
    return undefined
  },
})
