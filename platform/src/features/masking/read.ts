import { datasetOf, type DatasetName } from '@bizq/sdk/contract'
import { counterpartyRealm, pseudonymKey, type PseudonymRealm } from '@bizq/sdk/contract/host'
import type { Pool } from 'pg'
import { compileRead, type ReadRow } from './compile.ts'
import { readMasked } from './connection.ts'
import { grantSetting, keySetting } from './views.ts'

/** All that a masked read needs of a grant. Ids are UUIDs. */
export interface MaskedGrant {
  id: string
  organisation: string
  business: string
  /** The subscription's key: pseudonym keys are derived from it. */
  key: Uint8Array
  /** What amounts are multiplied by, in thousandths; 1000 is exact. */
  factor: number
  /** The fields of each dataset that leave. */
  fields: Partial<Record<DatasetName, readonly string[]>>
  /** Beside them, the fields that were asked for and are withheld: null in every row. */
  withheld?: Partial<Record<DatasetName, readonly string[]>>
}

/** A place in a window: after the row with this time and creation. */
export interface Place {
  at: string | null
  seq: string
}

export interface ReadRequest {
  dataset: DatasetName
  /** Where the window starts: a day or an instant, by the kind of the dataset's time field; null is everything. */
  from: string | null
  after?: Place | undefined
  limit: number
}

export type MaskedPage =
  | { refusal: string }
  /** `next` is the place after a full page: what follows it may be empty. */
  | { refusal: null; items: string; rows: number; next: Place | null }

/** Reads windows of a grant masked, all on one snapshot: per dataset the rows' JSON text without brackets. */
export async function readWindows(
  pool: Pool,
  grant: MaskedGrant,
  requests: readonly ReadRequest[],
): Promise<MaskedPage[]> {
  const queries = requests.map((request) => ({
    read: compileRead({
      dataset: request.dataset,
      fields: fieldsOf(grant, request.dataset),
      withheld: grant.withheld?.[request.dataset] ?? [],
    }),
    values: valuesOf(grant, request),
  }))
  const rows = await readMasked<ReadRow>(pool, settingsOf(grant, requests), queries).catch(
    (error: unknown) => {
      if ((error as { code?: string }).code !== outOfRange) throw error
      return requests.map((): ReadRow => unsafeRow)
    },
  )
  return rows.map((row) => {
    if (!row) return { refusal: 'not-found' }
    if (row.refusal !== null) return { refusal: row.refusal }
    if (row.isFenced) return { refusal: 'dataset-fenced' }
    if (row.isUnsafe) return { refusal: 'amount-too-large' }
    const next = row.lastSeq === null ? null : { at: row.lastAt, seq: String(row.lastSeq) }
    return { refusal: null, items: row.items, rows: row.rows, next }
  })
}

// numeric_value_out_of_range: an amount overflowed when it was multiplied.
const outOfRange = '22003'
const unsafeRow: ReadRow = {
  refusal: null,
  isFenced: false,
  isUnsafe: true,
  items: '',
  rows: 0,
  lastAt: null,
  lastSeq: null,
}

function fieldsOf(grant: MaskedGrant, dataset: DatasetName): readonly string[] {
  const fields = grant.fields[dataset]
  if (!fields?.length) throw new RangeError(`the grant does not name ${dataset}`)
  return fields
}

function valuesOf(grant: MaskedGrant, { dataset, from, after, limit }: ReadRequest): unknown[] {
  const untimed = [grant.id, limit, after?.seq ?? '-1']
  if (datasetOf(dataset).time === null) return untimed
  return [...untimed, after?.at ?? '-infinity', from ?? '-infinity']
}

const derived = new WeakMap<Uint8Array, Map<string, string>>()

function keyHex(key: Uint8Array, realm: PseudonymRealm): string {
  const known = derived.get(key) ?? new Map<string, string>()
  derived.set(key, known)
  const hex = known.get(realm) ?? Buffer.from(pseudonymKey(key, realm)).toString('hex')
  known.set(realm, hex)
  return hex
}

/** Only the keys that these datasets' columns use go to the database. */
function settingsOf(grant: MaskedGrant, requests: readonly ReadRequest[]): Map<string, string> {
  const settings = new Map([
    // Planning costs three times what the read does, and the plan is the same for every grant and place.
    ['plan_cache_mode', 'force_generic_plan'],
    ['bizq.organisation', grant.organisation],
    ['bizq.business', grant.business],
    [grantSetting, grant.id],
    ['bizq.factor', String(grant.factor)],
  ])
  for (const { dataset } of requests) {
    for (const name of fieldsOf(grant, dataset)) {
      for (const realm of realmsOf(dataset, name)) settings.set(keySetting(realm), keyHex(grant.key, realm))
    }
  }
  return settings
}

function realmsOf(dataset: DatasetName, name: string): PseudonymRealm[] {
  const field = datasetOf(dataset).fields[name]
  switch (field?.kind) {
    case 'identifier':
      return [dataset]
    case 'reference':
      return [field.dataset as DatasetName]
    case 'counterparty':
      return [counterpartyRealm]
    case 'text':
      return ['customers', 'suppliers']
    default:
      return []
  }
}
