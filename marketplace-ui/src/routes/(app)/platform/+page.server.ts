import type { Actions } from '@sveltejs/kit'
import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { listPlatformNotices, objectToNotice } from '#lib/api/disputes.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const page = need(
    await listPlatformNotices(locals.api, { cursor: given(url.searchParams.get('cursor')), limit: 50 }),
    url,
  )
  return { notices: page.items, next: page.next }
}

export const actions: Actions = {
  object: async ({ request, locals }) => {
    const form = await request.formData()
    const words = text(form, 'words')
    const done = await objectToNotice(locals.api, text(form, 'notice'), words, keyOf(form))
    return done.problem ? refused(done.problem, { words }) : { done: 'objected' }
  },
}
