import { datasetNames } from '@bizq/sdk/contract'
import { redirect, type Actions } from '@sveltejs/kit'
import { confirmMapping, getImport, undoImport } from '#lib/api/data.ts'
import { need } from '#lib/server/api.ts'
import { fieldsOf, requireDataset } from '#lib/server/fields.ts'
import { keyOf, refused } from '#lib/server/forms.ts'
import { readMapping } from '#lib/server/mapping-form.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:imports')
  const found = need(await getImport(locals.api, params.import), url)
  const wanted = url.searchParams.get('dataset') ?? found.proposal?.mapping.dataset
  const dataset = wanted ? requireDataset(wanted) : null
  return {
    import: found,
    dataset,
    datasets: datasetNames,
    targets: dataset
      ? fieldsOf(dataset).map(({ name, description, isRequired }) => ({ name, description, isRequired }))
      : [],
  }
}

export const actions: Actions = {
  confirm: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const found = need(await getImport(locals.api, params['import'] ?? ''), url)
    const answer = await confirmMapping(
      locals.api,
      found.id,
      readMapping(form, found.proposal?.mapping),
      keyOf(form),
    )
    if (answer.problem) return refused(answer.problem)
    redirect(303, `/businesses/${params['business']}/imports/${found.id}`)
  },
  undo: async ({ request, locals, params }) => {
    const form = await request.formData()
    const answer = await undoImport(locals.api, params['import'] ?? '', keyOf(form))
    return answer.problem ? refused(answer.problem) : { undone: true }
  },
}
