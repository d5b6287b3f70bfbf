import type { Actions } from '@sveltejs/kit'
import { listCarryOver, tickCarryOver } from '#lib/api/notifications.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:actions', 'bizq:imports')
  const state = url.searchParams.get('state') === 'done' ? 'done' : 'open'
  const page = need(
    await listCarryOver(locals.api, { state, cursor: given(url.searchParams.get('cursor')), limit: 100 }),
    url,
  )
  return { items: page.items, next: page.next, state }
}

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await tickCarryOver(locals.api, text(form, 'item'), keyOf(form)), 'ticked')
  },
}
