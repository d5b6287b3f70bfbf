import { passFile } from '#lib/server/pass-file.ts'
import type { RequestHandler } from './$types'

/** The statement as a file. */
export const GET: RequestHandler = async ({ locals, params }) => {
  const api = await locals.api('provider')
  const call = api.GET('/provider/statements/{month}/pdf', { params: { path: params }, parseAs: 'blob' })
  return passFile(await call)
}
