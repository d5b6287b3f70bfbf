import type { Actions } from '@sveltejs/kit'
import { listMail, markArrived, sendAgain } from '#lib/api/notifications.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:actions')
  const page = need(
    await listMail(locals.api, { cursor: given(url.searchParams.get('cursor')), limit: 50 }),
    url,
  )
  return { mail: page.items, next: page.next }
}

export const actions: Actions = {
  again: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await sendAgain(locals.api, text(form, 'mail'), keyOf(form)), 'sent')
  },
  arrived: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await markArrived(locals.api, text(form, 'mail'), keyOf(form)), 'arrived')
  },
}
