import type { Actions } from '@sveltejs/kit'
import { listDeliveries, redeliver } from '#lib/api/notifications.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:actions')
  const query = { cursor: given(url.searchParams.get('cursor')), limit: 50 }
  const page = need(await listDeliveries(locals.api, params.endpoint, query), url)
  return { deliveries: page.items, next: page.next }
}

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await redeliver(locals.api, text(form, 'delivery'), keyOf(form)), 'queued')
  },
}
