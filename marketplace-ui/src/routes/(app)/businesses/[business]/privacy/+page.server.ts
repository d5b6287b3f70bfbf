import type { Actions } from '@sveltejs/kit'
import { fenceBusiness } from '#lib/api/businesses.ts'
import { fenceDataset, listDatasets } from '#lib/api/data.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { need } from '#lib/server/api.ts'
import { settled, text } from '#lib/server/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions')
  const [datasets, subscriptions] = await Promise.all([
    listDatasets(locals.api, params.business),
    listSubscriptions(locals.api, { business: params.business, limit: 100 }),
  ])
  return { datasets: need(datasets, url).items, subscriptions: subscriptions.data?.items ?? [] }
}

export const actions: Actions = {
  business: async ({ request, locals, params }) => {
    const form = await request.formData()
    return settled(
      await fenceBusiness(locals.api, params['business'] ?? '', text(form, 'isFenced') === 'true'),
      'fenced',
    )
  },
  dataset: async ({ request, locals, params }) => {
    const form = await request.formData()
    return settled(
      await fenceDataset(
        locals.api,
        params['business'] ?? '',
        text(form, 'dataset'),
        text(form, 'isFenced') === 'true',
      ),
      'fenced',
    )
  },
}
