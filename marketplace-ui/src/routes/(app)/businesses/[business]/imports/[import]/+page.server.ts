import { datasetNames } from '@bizq/sdk/contract'
import { redirect, type Actions } from '@sveltejs/kit'
import {
  confirmMapping,
  getImport,
  previewImport,
  tryMapping,
  undoImport,
  type Mapping,
} from '#lib/api/data.ts'
import type { Api } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { fieldsOf, requireDataset } from '#lib/server/fields.ts'
import { keyOf, refused, settled } from '@bizq/app-kit/forms.ts'
import { readMapping } from '#lib/server/mapping-form.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:imports')
  const found = need(await getImport(locals.api, params.import), url)
  const guess = found.state === 'needs-mapping' ? (found.mapping as Mapping | null) : null
  return {
    import: found,
    asked: guess ? await askMapping(locals.api, found.id, guess, url.searchParams.get('dataset')) : null,
    datasets: datasetNames,
  }
}

/** The guessed mapping, or another dataset's with the columns that fit it, with how the first rows would be read. */
async function askMapping(api: Api, id: string, guess: Mapping, wanted: string | null) {
  const dataset = wanted ? requireDataset(wanted) : guess.dataset
  const mapping = dataset === guess.dataset ? guess : { ...guess, dataset, columns: {} }
  const preview = await (dataset === guess.dataset ? previewImport(api, id) : tryMapping(api, id, mapping))
  const required = fieldsOf(dataset)
    .filter((field) => field.isRequired)
    .map((field) => field.name)
  return { mapping, dataset, required, preview: preview.data ?? null, problem: preview.problem ?? null }
}

export const actions: Actions = {
  preview: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const found = need(await getImport(locals.api, params['import'] ?? ''), url)
    const mapping = readMapping(form, found.mapping as Mapping | null)
    const answer = await tryMapping(locals.api, found.id, mapping)
    return answer.problem ? { ...refused(answer.problem).data, mapping } : { preview: answer.data, mapping }
  },
  confirm: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const found = need(await getImport(locals.api, params['import'] ?? ''), url)
    const mapping = readMapping(form, found.mapping as Mapping | null)
    const answer = await confirmMapping(locals.api, found.id, mapping, keyOf(form))
    if (answer.problem) return { ...refused(answer.problem).data, mapping }
    redirect(303, `/businesses/${params['business']}/imports/${found.id}`)
  },
  undo: async ({ request, locals, params }) =>
    settled(await undoImport(locals.api, params['import'] ?? '', keyOf(await request.formData())), 'undone'),
}
