import type { Actions } from '@sveltejs/kit'
import { finishTask, listTasks } from '#lib/api/notifications.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

/** What a task says, as far as it says it. */
function wordsOf(body: Record<string, unknown>) {
  const said = (name: string) => (typeof body[name] === 'string' ? body[name] : null)
  return { title: said('title') ?? '', notes: said('notes'), dueAt: said('dueAt') }
}

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:actions')
  const query = { cursor: given(url.searchParams.get('cursor')), limit: 100 }
  const page = need(await listTasks(locals.api, query), url)
  return { tasks: page.items.map((task) => ({ ...task, ...wordsOf(task.body) })), next: page.next }
}

export const actions: Actions = {
  default: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await finishTask(locals.api, text(form, 'task'), keyOf(form)), 'ticked')
  },
}
