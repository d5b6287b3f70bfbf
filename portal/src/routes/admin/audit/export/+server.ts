import type { RequestHandler } from './$types'

/** The platform's own log: the export of the API is of the organisation that is asked for, which a link cannot say. */
export const GET: RequestHandler = async ({ locals }) => {
  const api = await locals.api('platform')
  const { response } = await api.GET('/audit/export', { parseAs: 'stream' })
  return new Response(response.body, {
    status: response.status,
    headers: {
      'content-type': response.headers.get('content-type') ?? 'application/jsonl',
      'content-disposition': 'attachment; filename="bizq-audit.jsonl"',
      'cache-control': 'no-store',
    },
  })
}
