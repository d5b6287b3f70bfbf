import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import { redirect, type Actions } from '@sveltejs/kit'
import { resolve } from '$app/paths'
import { layOut } from '#lib/certification/lay-out.ts'
import type { PageServerLoad } from './$types'

const views = ['manifest', 'bundle', 'new', 'documents'] as const
type View = (typeof views)[number]

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('platform')
  const path = { release: params.release }
  const found = need(await answer(api.GET('/certifier/submissions/{release}', { params: { path } })), url)
  const { bundle, ...submission } = found
  const asked = url.searchParams.get('show') as View
  const show = views.includes(asked) ? asked : 'manifest'
  return {
    submission,
    show,
    code: show === 'bundle' ? layOut(bundle) : undefined,
    size: bundle.length,
    readme: show === 'documents' ? await readText(api, params.release, submission.documents) : [],
  }
}

type Client = Awaited<ReturnType<App.Locals['api']>>

/** The documents that are words. */
async function readText(
  api: Client,
  release: string,
  documents: readonly { name: string; mediaType: string }[],
): Promise<{ name: string; words: string }[]> {
  const texts = documents.filter(({ mediaType }) => !mediaType.startsWith('image/'))
  return Promise.all(
    texts.map(async ({ name }) => {
      const path = { release, name }
      const { data } = await api.GET('/certifier/submissions/{release}/documents/{name}', {
        params: { path },
        parseAs: 'text',
      })
      return { name, words: data ?? '' }
    }),
  )
}

function answersOf(form: FormData): Record<string, 'yes' | 'no' | 'not-applicable'> {
  const given = [...form].flatMap(([name, value]) =>
    name.startsWith('answer:') && (value === 'yes' || value === 'no' || value === 'not-applicable')
      ? [[name.slice('answer:'.length), value] as const]
      : [],
  )
  return Object.fromEntries(given)
}

async function keepAnswers(api: Client, release: string, form: FormData) {
  const path = { release }
  return answer(
    api.PUT('/certifier/submissions/{release}/checklist', { params: { path }, body: answersOf(form) }),
  )
}

export const actions: Actions = {
  answers: async ({ request, locals, params }) => {
    const form = await request.formData()
    const kept = await keepAnswers(await locals.api('platform'), params.release ?? '', form)
    if (kept.problem) return refused(kept.problem)
    return { done: 'kept', words: text(form, 'words'), decision: text(form, 'decision') }
  },
  decide: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const release = params.release ?? ''
    const decision = text(form, 'decision') as 'approve' | 'refuse' | 'ask'
    const typed = { words: text(form, 'words'), decision }
    const kept = await keepAnswers(api, release, form)
    if (kept.problem) return refused(kept.problem, typed)
    const decided = await answer(
      api.POST('/certifier/submissions/{release}/decision', {
        params: { path: { release } },
        ...once(keyOf(form)),
        body: { decision, report: text(form, 'report'), words: typed.words },
      }),
    )
    if (decided.problem) return refused(decided.problem, typed)
    const { approvals, certifiers } = decided.data
    const told = decision === 'approve' && approvals < certifiers ? 'second' : decision
    redirect(303, resolve(`/certifier?decided=${told}`))
  },
  recheck: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('platform')
    const path = { release: params.release ?? '' }
    const checked = await answer(
      api.POST('/certifier/submissions/{release}/recheck', { params: { path }, ...once(keyOf(form)) }),
    )
    return checked.problem ? refused(checked.problem) : { done: 'rechecked', words: '', decision: '' }
  },
}
