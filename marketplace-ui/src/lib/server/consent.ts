import { datasetNames, type Consent, type History, type PersonalFields } from '@bizq/sdk/contract'
import type { AskedDataset, Listing, Preview } from '#lib/api/catalogue.ts'
import { getRecord } from '#lib/api/data.ts'
import type { Api } from '@bizq/app-kit/transport.ts'

/** The consent that the address of the page says: everything asked for, less what was narrowed, and the personal fields that it names. */
export function consentOf(listing: Pick<Listing, 'data' | 'money'>, query: URLSearchParams): Consent {
  const left = new Set(query.getAll('without'))
  const asked = listing.data.filter((one) => !(one.isOptional && left.has(one.dataset)))
  const money = query.get('money')
  const personal = personalOf(query.getAll('personal'), (dataset, field) =>
    asked.some(
      (one) => one.dataset === dataset && one.fields.some(({ name, personal: own }) => own && name === field),
    ),
  )
  return {
    fields: Object.fromEntries(asked.map((one) => [one.dataset, one.fields.map((field) => field.name)])),
    money: money === 'exact' || money === 'scaled' ? money : listing.money.mode,
    history: Object.fromEntries(
      asked.flatMap((one) =>
        one.history ? [[one.dataset, narrower(one.history, query.get(`history.${one.dataset}`))]] : [],
      ),
    ),
    ...(Object.keys(personal).length > 0 ? { personal } : {}),
  }
}

/** Personal fields that are named as `customers.email`, by dataset; `isMeant` says which count. */
export function personalOf(
  named: readonly string[],
  isMeant: (dataset: string, field: string) => boolean = () => true,
): PersonalFields {
  const personal: PersonalFields = {}
  for (const [dataset, field] of named.map((name) => name.split('.'))) {
    const known = datasetNames.find((name) => name === dataset)
    if (known && field && isMeant(known, field)) personal[known] = [...(personal[known] ?? []), field]
  }
  return personal
}

const daysOf = (history: string) => Number.parseInt(history, 10)

function narrower(most: string, given: string | null): History {
  if (!given || !/^\d+d$/.test(given)) return most as History
  return (daysOf(given) < daysOf(most) ? given : most) as History
}

/** What is asked for with what of it is granted, and the windows to choose from. */
export function describeRequests(asked: readonly AskedDataset[], consent: Consent) {
  return asked.map((one) => ({
    ...one,
    isGranted: consent.fields[one.dataset] !== undefined,
    granted: consent.history[one.dataset] ?? null,
    windows: one.history ? windowsUpTo(one.history) : [],
  }))
}

function windowsUpTo(most: string): string[] {
  return [...['30d', '90d', '180d', '365d', '730d'].filter((one) => daysOf(one) < daysOf(most)), most]
}

const shownRows = 5

/** The last rows of each dataset, with the operator's own names beside the ids that the rows point to. */
export async function nameRows(api: Api, business: string, preview: Preview) {
  const datasets = await Promise.all(
    preview.datasets.map(async (one) => {
      const rows = one.rows.slice(-shownRows)
      const hasReferences = one.fields.some(
        (field) => field.kind === 'reference' || field.kind === 'identifier',
      )
      const labels: Record<string, string>[] = hasReferences
        ? await Promise.all(rows.map((row) => labelsOf(api, business, one, row.original)))
        : []
      const fields = one.fields.toSorted((a, b) => rankOf(a) - rankOf(b))
      return { ...one, fields, rows: rows.map((row, index) => ({ ...row, labels: labels[index] ?? {} })) }
    }),
  )
  return { ...preview, datasets }
}

/** What a mask changes is shown first; the record's own id says least to a reader. */
function rankOf(field: { kind: string; mask: string }): number {
  if (field.kind === 'identifier') return 3
  if (field.kind === 'reference' || field.kind === 'counterparty') return 0
  return field.mask === 'clear' ? 2 : 1
}

async function labelsOf(
  api: Api,
  business: string,
  shown: Preview['datasets'][number],
  row: Record<string, unknown>,
): Promise<Record<string, string>> {
  const id = row['id']
  if (typeof id !== 'string') return {}
  const record = await getRecord(api, business, shown.dataset, id)
  return record.data?.meta.labels ?? {}
}
