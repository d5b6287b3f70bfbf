import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { given } from '@bizq/app-kit/transport.ts'
import type { Schemas } from '@bizq/client'
import type { Actions } from '@sveltejs/kit'
import { getService } from '#lib/api/catalogue.ts'
import { listReviews, reportReview } from '#lib/api/reviews.ts'
import type { PageServerLoad } from './$types'

const sorts = ['newest', 'highest', 'lowest'] as const

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const stars = Number(read('stars'))
  const filters = {
    sort: sorts.find((one) => one === read('sort')) ?? 'newest',
    stars: Number.isInteger(stars) && stars >= 1 && stars <= 5 ? String(stars) : '',
  }
  const [service, page] = await Promise.all([
    getService(locals.api, params.service),
    listReviews(locals.api, params.service, {
      sort: filters.sort,
      ...(filters.stars ? { stars: Number(filters.stars) } : {}),
      cursor: given(read('cursor')),
      limit: 20,
    }),
  ])
  const reviews = need(page, url)
  return { service: need(service, url), reviews: reviews.items, next: reviews.next, filters }
}

export const actions: Actions = {
  report: async ({ request, locals }) => {
    const form = await request.formData()
    const review = text(form, 'review')
    const words = text(form, 'words')
    const reason = text(form, 'reason') as Schemas['NewReviewReport']['reason']
    const answer = await reportReview(
      locals.api,
      review,
      { reason, ...(words ? { words } : {}) },
      keyOf(form),
    )
    return answer.problem ? refused(answer.problem, { words }, review) : { reported: review }
  },
}
