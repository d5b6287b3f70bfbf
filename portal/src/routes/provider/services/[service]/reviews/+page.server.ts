import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, given, once } from '@bizq/app-kit/transport.ts'
import type { Schemas } from '@bizq/client'
import type { Actions } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { service: params.service }
  const query = { limit: 20, cursor: given(url.searchParams.get('cursor')) }
  const [reviews, listing] = await Promise.all([
    answer(api.GET('/provider/services/{service}/reviews', { params: { path, query } })),
    answer(api.GET('/services/{service}', { params: { path } })),
  ])
  const page = need(reviews, url)
  return {
    reviews: page.items,
    next: page.next,
    // A service that is not in the catalogue yet has no rating.
    rating: listing.data?.rating ?? null,
  }
}

export const actions: Actions = {
  answer: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const [review, words] = [text(form, 'review'), text(form, 'words')]
    const path = { review }
    const given = await answer(
      api.PUT('/provider/reviews/{review}/answer', { params: { path }, body: { words } }),
    )
    return given.problem ? refused(given.problem, { words }, review) : { done: 'answered' }
  },
  withdraw: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { review: text(form, 'review') }
    return settled(
      await answer(api.DELETE('/provider/reviews/{review}/answer', { params: { path } })),
      'withdrawn',
    )
  },
  report: async ({ request, locals }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { review: text(form, 'review') }
    const words = text(form, 'reportWords')
    const reason = text(form, 'reason') as Schemas['NewReviewReport']['reason']
    const body = { reason, ...(words ? { words } : {}) }
    const made = await answer(
      api.POST('/reviews/{review}/report', { params: { path }, body, ...once(keyOf(form)) }),
    )
    return settled(made, 'reported')
  },
}
