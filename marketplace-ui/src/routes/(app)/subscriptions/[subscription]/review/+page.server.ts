import { refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { Actions } from '@sveltejs/kit'
import {
  getOwnReview,
  previewReview,
  saveReview,
  withdrawReview,
  type ReviewWords,
} from '#lib/api/reviews.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:reviews')
  return { own: need(await getOwnReview(locals.api, params.subscription), url) }
}

function readReview(form: FormData): ReviewWords {
  return {
    stars: Number(text(form, 'stars')),
    words: text(form, 'words'),
    showsCountry: form.get('showsCountry') === 'on',
  }
}

const typed = ({ stars, words, showsCountry }: ReviewWords) => ({
  stars: String(stars),
  words,
  showsCountry: showsCountry ? 'on' : '',
})

export const actions: Actions = {
  preview: async ({ request, locals, params }) => {
    const given = readReview(await request.formData())
    const answer = await previewReview(locals.api, params['subscription'] ?? '', given)
    return answer.problem
      ? refused(answer.problem, typed(given))
      : { preview: answer.data, values: typed(given) }
  },
  publish: async ({ request, locals, params }) => {
    const given = readReview(await request.formData())
    const answer = await saveReview(locals.api, params['subscription'] ?? '', given)
    return answer.problem ? refused(answer.problem, typed(given)) : { done: 'published' }
  },
  withdraw: async ({ locals, params }) =>
    settled(await withdrawReview(locals.api, params['subscription'] ?? ''), 'withdrawn'),
}
