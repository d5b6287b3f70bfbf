import type { Schemas } from '@bizq/client'
import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { Actions } from '@sveltejs/kit'
import { m } from '#lib/paraglide/messages.js'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const api = await locals.api('provider')
  const asked = { params: { path: { service: params.service, release: params.release } } }
  const [release, rollout, report, submission] = await Promise.all([
    answer(api.GET('/provider/services/{service}/releases/{release}', asked)),
    answer(api.GET('/provider/services/{service}/releases/{release}/rollout', asked)),
    answer(api.GET('/provider/services/{service}/releases/{release}/report', asked)),
    answer(api.GET('/provider/services/{service}/releases/{release}/submission', asked)),
  ])
  return {
    release: need(release, url),
    rollout: rollout.data ?? null,
    report: report.data ?? null,
    submission: submission.data ?? null,
  }
}

type Change = Schemas['ReleaseChange']
const states: ReadonlySet<string> = new Set<Change['state']>([
  'certified',
  'staged',
  'published',
  'deprecated',
  'suspended',
  'withdrawn',
])
const isState = (value: string): value is Change['state'] => states.has(value)

function changeOf(form: FormData): Change {
  const [state, notice] = [text(form, 'state'), text(form, 'notice')]
  const hasCanary = text(form, 'percent') !== ''
  return {
    state: isState(state) ? state : 'suspended',
    ...(notice ? { notice } : {}),
    ...(hasCanary
      ? { canary: { percent: Number(text(form, 'percent')), hours: Number(text(form, 'hours')) } }
      : {}),
  }
}

export const actions: Actions = {
  change: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '', release: params['release'] ?? '' }
    const call = api.PATCH('/provider/services/{service}/releases/{release}', {
      params: { path },
      body: changeOf(form),
    })
    return settled(await answer(call), m.rel_done())
  },
  answer: async ({ request, locals, params }) => {
    const form = await request.formData()
    const api = await locals.api('provider')
    const path = { service: params['service'] ?? '', release: params['release'] ?? '' }
    const call = api.POST('/provider/services/{service}/releases/{release}/answer', {
      params: { path },
      body: { words: text(form, 'words') },
      ...once(keyOf(form)),
    })
    return settled(await answer(call), m.rel_answered())
  },
}
