import { getPersonalConsent, listDisclosures, listGrants } from '#lib/api/subscriptions.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, parent, url, depends }) => {
  depends('bizq:executions')
  const query = { cursor: given(url.searchParams.get('cursor')), limit: 50 }
  const [disclosures, grants, personal, { subscription }] = await Promise.all([
    listDisclosures(locals.api, params.subscription, query),
    listGrants(locals.api, params.subscription),
    getPersonalConsent(locals.api, params.subscription),
    parent(),
  ])
  const page = need(disclosures, url)
  const all = grants.data?.items ?? []
  return {
    disclosures: page.items,
    next: page.next,
    withheld: (personal.data?.fields ?? [])
      .filter(({ isGranted }) => !isGranted)
      .map(({ dataset, field }) => `${dataset}.${field}`),
    grant: all.find((one) => one.id === subscription.grant) ?? all[0] ?? null,
  }
}
