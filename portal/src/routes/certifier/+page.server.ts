import { need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const order = url.searchParams.get('order') === 'age' ? ('age' as const) : ('risk' as const)
  const waiting = need(await answer(api.GET('/certifier/submissions', { params: { query: { order } } })), url)
  return { order, waiting: waiting.items, decided: url.searchParams.get('decided') }
}
