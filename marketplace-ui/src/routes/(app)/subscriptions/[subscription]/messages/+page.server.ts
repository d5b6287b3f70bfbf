import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import { given } from '@bizq/app-kit/transport.ts'
import type { Schemas } from '@bizq/client'
import type { Actions } from '@sveltejs/kit'
import {
  changeThread,
  listMessages,
  previewMessage,
  readThread,
  reportThread,
  writeToProvider,
} from '#lib/api/threads.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:messages')
  const cursor = given(url.searchParams.get('cursor'))
  return { messages: need(await listMessages(locals.api, params.subscription, { cursor, limit: 50 }), url) }
}

/** About the service in general where no conversation is chosen. */
function writtenIn(form: FormData): { words: string; conversation?: string } {
  const conversation = text(form, 'conversation')
  return { words: text(form, 'words'), ...(conversation ? { conversation } : {}) }
}

export const actions: Actions = {
  send: async ({ request, locals, params }) => {
    const form = await request.formData()
    const written = writtenIn(form)
    const answer = await writeToProvider(locals.api, params['subscription'] ?? '', written, keyOf(form))
    return answer.problem ? refused(answer.problem, written) : { done: 'sent' }
  },
  preview: async ({ request, locals, params }) => {
    const written = writtenIn(await request.formData())
    const answer = await previewMessage(locals.api, params['subscription'] ?? '', written)
    return answer.problem
      ? refused(answer.problem, written)
      : { preview: answer.data.delivered, values: written }
  },
  read: async ({ locals, params }) =>
    settled(await readThread(locals.api, params['subscription'] ?? ''), 'read'),
  mute: async ({ request, locals, params }) => {
    const isMuted = text(await request.formData(), 'isMuted') === 'true'
    return settled(await changeThread(locals.api, params['subscription'] ?? '', isMuted), 'muted')
  },
  report: async ({ request, locals, params }) => {
    const form = await request.formData()
    const words = text(form, 'reportWords')
    const reason = text(form, 'reason') as Schemas['NewThreadReport']['reason']
    const body = { reason, ...(words ? { words } : {}) }
    return settled(
      await reportThread(locals.api, params['subscription'] ?? '', body, keyOf(form)),
      'reported',
    )
  },
}
