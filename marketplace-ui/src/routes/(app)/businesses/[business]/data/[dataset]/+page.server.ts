import { listRecords } from '#lib/api/data.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import { fieldsOf, nameFieldOf, requireDataset, timeFieldOf } from '#lib/server/fields.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:imports')
  const dataset = requireDataset(params.dataset)
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const filters = { search: read('search'), status: read('status'), from: read('from'), to: read('to') }
  const query = {
    search: given(filters.search),
    from: given(filters.from),
    to: given(filters.to),
    cursor: given(read('cursor')),
    limit: 50,
  }
  const answer = await listRecords(locals.api, params.business, dataset, query, {
    status: given(filters.status),
  })
  const page = need(answer, url)
  const fields = fieldsOf(dataset)
  return {
    dataset,
    records: page.items,
    next: page.next,
    filters,
    hasTime: timeFieldOf(dataset) !== null,
    statuses: fields.find((field) => field.name === 'status')?.values ?? null,
    // What the record is called among people is its link; references come along as words.
    nameField: nameFieldOf(dataset),
    fields: fields.filter((field) => field.kind !== 'identifier'),
  }
}
