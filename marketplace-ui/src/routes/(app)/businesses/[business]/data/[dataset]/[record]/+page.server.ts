import { redirect, type Actions } from '@sveltejs/kit'
import { editRecord, getRecord } from '#lib/api/data.ts'
import { need } from '@bizq/app-kit/server.ts'
import { fieldsOf, nameFieldOf, requireDataset } from '#lib/server/fields.ts'
import { refused } from '@bizq/app-kit/forms.ts'
import { readRecord } from '#lib/server/record-form.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const dataset = requireDataset(params.dataset)
  const record = need(await getRecord(locals.api, params.business, dataset, params.record), url)
  const nameField = nameFieldOf(dataset)
  const name = nameField ? record[nameField] : null
  return { dataset, record, name: typeof name === 'string' ? name : null, fields: fieldsOf(dataset) }
}

export const actions: Actions = {
  default: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const dataset = requireDataset(params['dataset'] ?? '')
    const business = params['business'] ?? ''
    const id = params['record'] ?? ''
    const record = need(await getRecord(locals.api, business, dataset, id), url)
    const read = readRecord(fieldsOf(dataset), record, form)
    if (Object.keys(read).length === 0) return { isUnchanged: true }
    const changed = await editRecord(locals.api, business, dataset, id, read)
    if (changed.problem) return refused(changed.problem)
    redirect(303, `/businesses/${business}/data/${dataset}/${id}`)
  },
}
