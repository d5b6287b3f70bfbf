import type { BizqClient } from '@bizq/client'
import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once, type Problem } from '@bizq/app-kit/transport.ts'
import { fail, type Actions } from '@sveltejs/kit'
import { m } from '#lib/paraglide/messages.js'
import { contentOf, type ListingContent } from '#lib/listing/content.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const path = { service: params.service }
  const [listing, versions, account] = await Promise.all([
    answer(api.GET('/provider/services/{service}/listing', { params: { path } })),
    answer(
      api.GET('/provider/services/{service}/listing/versions', { params: { path, query: { limit: 20 } } }),
    ),
    answer(api.GET('/provider/account')),
  ])
  return {
    service: params.service,
    listing: need(listing, url),
    sharePercent: need(account, url).sharePercent,
    versions: need(versions, url).items.map(({ number, publishedAt, isCurrent }) => ({
      number,
      publishedAt,
      isCurrent,
    })),
  }
}

/** What the form says, and with it the picture that came along, if one did. */
async function received(
  api: BizqClient,
  service: string,
  form: FormData,
): Promise<{ content: ListingContent; problem?: Problem }> {
  const content = contentOf(form)
  const file = form.get('picture')
  if (!(file instanceof File) || file.size === 0) return { content }
  const image = Buffer.from(await file.arrayBuffer()).toString('base64')
  const path = { service }
  const added = await answer(
    api.POST('/provider/services/{service}/listing/images', { params: { path }, body: { image } }),
  )
  if (added.problem) return { content, problem: added.problem }
  const alt = text(form, 'picture-alt')
  return { content: { ...content, screenshots: [...content.screenshots, { image: added.data.id, alt }] } }
}

function failed(problem: Problem, content: ListingContent) {
  return fail(problem.status, { problem, content })
}

const versionOf = (form: FormData): number | null => Number(text(form, 'version')) || null

export const actions: Actions = {
  preview: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '' }
    const { content, problem } = await received(api, path.service, form)
    if (problem) return failed(problem, content)
    const shown = await answer(
      api.POST('/provider/services/{service}/listing/preview', { params: { path }, body: { content } }),
    )
    return shown.problem ? failed(shown.problem, content) : { preview: shown.data, content }
  },
  save: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '' }
    const { content, problem } = await received(api, path.service, form)
    if (problem) return failed(problem, content)
    const body = { content, version: versionOf(form) }
    const saved = await answer(
      api.PUT('/provider/services/{service}/listing/draft', { params: { path }, body }),
    )
    return saved.problem ? failed(saved.problem, content) : { done: m.listing_saved() }
  },
  publish: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '' }
    const { content, problem } = await received(api, path.service, form)
    if (problem) return failed(problem, content)
    const saved = await answer(
      api.PUT('/provider/services/{service}/listing/draft', {
        params: { path },
        body: { content, version: versionOf(form) },
      }),
    )
    if (saved.problem) return failed(saved.problem, content)
    const body = { version: saved.data.draft?.version ?? 1 }
    const published = await answer(
      api.POST('/provider/services/{service}/listing/publication', {
        params: { path },
        body,
        ...once(keyOf(form)),
      }),
    )
    return published.problem ? refused(published.problem) : { done: m.listing_published() }
  },
  discard: async ({ locals, params }) => {
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '' }
    return settled(
      await answer(api.DELETE('/provider/services/{service}/listing/draft', { params: { path } })),
      m.listing_discarded(),
    )
  },
  restore: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '', number: Number(text(form, 'number')) }
    const call = api.POST('/provider/services/{service}/listing/versions/{number}/restore', {
      params: { path },
      ...once(keyOf(form)),
    })
    return settled(await answer(call), m.listing_restored({ number: path.number }))
  },
}
