import { need } from '@bizq/app-kit/server.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { listInvoices } from '#lib/api/billing.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:billing')
  const cursor = given(url.searchParams.get('cursor'))
  const page = need(await listInvoices(locals.api, { limit: 50, ...(cursor ? { cursor } : {}) }), url)
  return { invoices: page.items, next: page.next }
}
