import { need } from '@bizq/app-kit/server.ts'
import { getInvoice, listRefunds } from '#lib/api/billing.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:billing')
  const [invoice, refunds] = await Promise.all([
    getInvoice(locals.api, params.invoice),
    listRefunds(locals.api, { invoice: params.invoice }),
  ])
  return { invoice: need(invoice, url), refunds: refunds.data?.items ?? [] }
}
