import { datasetNames } from '@bizq/sdk/contract'
import { redirect, type Actions } from '@sveltejs/kit'
import { listImports, type Import } from '#lib/api/data.ts'
import { answerOf, given, newKey } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { refused } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:imports')
  const page = need(
    await listImports(locals.api, params.business, {
      cursor: given(url.searchParams.get('cursor')),
      limit: 25,
    }),
    url,
  )
  return { imports: page.items, next: page.next, datasets: datasetNames, uploadKey: newKey() }
}

export const actions: Actions = {
  /** Without a script: the upload goes through to the API as it comes, and is not held here. */
  default: async ({ request, locals, params, url }) => {
    const business = params['business'] ?? ''
    const response = await locals.api.send(`/v1/businesses/${business}/imports`, {
      method: 'POST',
      headers: {
        'content-type': request.headers.get('content-type') ?? '',
        'idempotency-key': url.searchParams.get('key') ?? newKey(),
      },
      body: request.body,
      duplex: 'half',
    })
    const answer = await answerOf<Import>(response)
    if (answer.problem) return refused(answer.problem)
    redirect(303, `/businesses/${business}/imports/${answer.data.id}`)
  },
}
