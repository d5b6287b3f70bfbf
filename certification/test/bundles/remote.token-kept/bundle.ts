import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({
  answer({ code, platform, right }) {
    const token = [...platform.authorisation.issued.keys()].at(-1)
    if (code === undefined && token !== undefined) right.headers.set('x-token', token)
    return undefined
  },
})
