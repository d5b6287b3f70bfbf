import type { Actions } from '@sveltejs/kit'
import { fenceBusiness } from '#lib/api/businesses.ts'
import { fenceDataset, listFences } from '#lib/api/data.ts'
import { listGrants, listSubscriptions } from '#lib/api/subscriptions.ts'
import { need } from '@bizq/app-kit/server.ts'
import { requireDataset } from '#lib/server/fields.ts'
import { settled, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions')
  const [fences, page] = await Promise.all([
    listFences(locals.api, params.business),
    listSubscriptions(locals.api, { business: params.business, limit: 100 }),
  ])
  const subscriptions = await Promise.all(
    (page.data?.items ?? []).map(async (one) => {
      const grants = await listGrants(locals.api, one.id)
      return { ...one, consent: grants.data?.items.find((grant) => grant.id === one.grant)?.consent ?? null }
    }),
  )
  return { fences: need(fences, url).items, subscriptions }
}

export const actions: Actions = {
  business: async ({ request, locals, params }) => {
    const form = await request.formData()
    const isFenced = text(form, 'isFenced') === 'true'
    return settled(await fenceBusiness(locals.api, params['business'] ?? '', isFenced), 'fenced')
  },
  dataset: async ({ request, locals, params }) => {
    const form = await request.formData()
    const isFenced = text(form, 'isFenced') === 'true'
    const dataset = requireDataset(text(form, 'dataset'))
    return settled(await fenceDataset(locals.api, params['business'] ?? '', dataset, isFenced), 'fenced')
  },
}
