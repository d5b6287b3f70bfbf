import { error } from '@sveltejs/kit'
import type { RequestHandler } from './$types'

/** A document as the API sends it: nothing of it runs. */
export const GET: RequestHandler = async ({ locals, params }) => {
  const api = await locals.api('platform')
  const { data, response } = await api.GET('/certifier/submissions/{release}/documents/{name}', {
    params: { path: { release: params.release, name: params.name } },
    parseAs: 'blob',
  })
  if (!data) error(response.status)
  const headers = {
    'content-type': response.headers.get('content-type') ?? 'application/octet-stream',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  }
  return new Response(data, { headers })
}
