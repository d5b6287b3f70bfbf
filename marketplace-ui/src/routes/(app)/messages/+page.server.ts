import { need } from '@bizq/app-kit/server.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { listThreads } from '#lib/api/threads.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:messages')
  const cursor = given(url.searchParams.get('cursor'))
  const page = need(await listThreads(locals.api, { cursor, limit: 50 }), url)
  return { threads: page.items, next: page.next }
}
