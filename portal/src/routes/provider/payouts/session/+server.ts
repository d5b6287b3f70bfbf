import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { error, json } from '@sveltejs/kit'
import type { RequestHandler } from './$types'

/** What Stripe's components on the page are opened with; they ask again when it is over. */
export const POST: RequestHandler = async ({ locals, url, request }) => {
  const { country } = (await request.json()) as { country?: unknown }
  const api = await locals.api('provider')
  if (typeof country !== 'string') error(400, { message: 'Send the country.' })
  const session = need(await answer(api.POST('/provider/account/session', { body: { country } })), url)
  return json({ clientSecret: session.clientSecret }, { headers: { 'cache-control': 'no-store' } })
}
