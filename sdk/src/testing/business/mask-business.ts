import { datasetNames, datasetOf, type DatasetName } from '../../contract/datasets/index.ts'
import type { ExecutionInput } from '../../contract/execution.ts'
import { fullConsent, grantMasks } from '../../contract/grant.ts'
import { decodeId } from '../../contract/ids.ts'
import { historyDays, type Manifest } from '../../contract/manifest.ts'
import { maskRow, scaleFactor, type MaskingKeys, type TextSegment } from '../../contract/masking.ts'
import type { ExampleBusiness } from './example-business.ts'

type AnyRow = Readonly<Record<string, unknown>>

/** The keys of an invented subscription; another seed gives other pseudonyms and another scale. */
export function exampleKeys(seed = 1): MaskingKeys {
  const key = new Uint8Array(32).map((_, i) => (seed * 31 + i * 7 + 5) % 256)
  return { key, factor: scaleFactor(key) }
}

const mailOrPhone = /[\w.+-]+@[\w-]+\.[\w.-]+|\b0\d{2,4} \d{3,4} \d{3,4}\b/g

/** Cuts a text at what stands for a person or a record. Knows the names of this business alone: the platform's own redaction knows far more. */
function redactor({ records }: ExampleBusiness): (text: string) => TextSegment[] {
  const known = new Map<string, TextSegment>()
  for (const { id, name, company } of records.customers) {
    const segment: TextSegment = { dataset: 'customers', id: decodeId('cus', id) }
    for (const each of [name, company]) if (each && !known.has(each)) known.set(each, segment)
  }
  for (const { id, name } of records.suppliers)
    known.set(name, { dataset: 'suppliers', id: decodeId('sup', id) })
  known.set('Maria Lindqvist', { redacted: 'person' })
  const names = [...known.keys()].sort((a, b) => b.length - a.length)
  return (text) => {
    let segments: TextSegment[] = [{ text }]
    const cut = (found: (text: string) => [number, number, TextSegment] | undefined) => {
      segments = segments.flatMap((segment) => {
        const parts: TextSegment[] = []
        let rest = 'text' in segment ? segment.text : null
        if (rest === null) return [segment]
        for (let hit = found(rest); hit; hit = found(rest)) {
          const [at, length, put] = hit
          if (at > 0) parts.push({ text: rest.slice(0, at) })
          parts.push(put)
          rest = rest.slice(at + length)
        }
        return rest === '' ? parts : [...parts, { text: rest }]
      })
    }
    for (const name of names) {
      const put = known.get(name)
      cut((rest) => (put && rest.includes(name) ? [rest.indexOf(name), name.length, put] : undefined))
    }
    cut((rest) => {
      const [hit] = rest.matchAll(mailOrPhone)
      return hit && [hit.index, hit[0].length, { redacted: hit[0].includes('@') ? 'email' : 'phone' }]
    })
    return segments
  }
}

/** A record as masking takes it: ids as UUIDs, texts as segments. */
function stored(name: DatasetName, row: AnyRow, redact: (text: string) => TextSegment[]): AnyRow {
  const { fields, prefix } = datasetOf(name)
  const values = Object.entries(row).map(([field, value]) => {
    const definition = fields[field]
    if (typeof value !== 'string' || !definition) return [field, value]
    if (definition.kind === 'identifier') return [field, decodeId(prefix, value)]
    if (definition.kind === 'reference')
      return [field, decodeId(datasetOf(definition.dataset as DatasetName).prefix, value)]
    if (definition.kind === 'counterparty') return [field, decodeId(value.split('_')[0] ?? '', value)]
    return [field, definition.kind === 'text' ? redact(value) : value]
  })
  return Object.fromEntries(values) as AnyRow
}

function isInside(name: DatasetName, row: AnyRow, today: string, history: string | undefined): boolean {
  const { time, openWhile } = datasetOf(name)
  if (time === null || history === undefined) return true
  if (openWhile?.values.includes(String(row[openWhile.field]))) return true
  const first = Temporal.PlainDate.from(today)
    .subtract({ days: historyDays(history) })
    .toString()
  return String(row[time]).slice(0, 10) >= first
}

export interface MaskedBusiness {
  /** What a provider with this manifest receives under a full consent. */
  data: ExecutionInput['data']
  /** The records behind it, in the same order, as the operator sees them. */
  originals: Partial<Record<DatasetName, AnyRow[]>>
  keys: MaskingKeys
}

/** The rows of an example business as the platform would deliver them to a provider with this manifest: windowed, masked, and nothing that was not asked for. */
export function maskBusiness(
  business: ExampleBusiness,
  manifest: Manifest,
  keys: MaskingKeys = exampleKeys(),
): MaskedBusiness {
  const masks = grantMasks(manifest, fullConsent(manifest))
  const redact = redactor(business)
  const data: ExecutionInput['data'] = {}
  const originals: MaskedBusiness['originals'] = {}
  for (const name of datasetNames) {
    const shape = masks[name]
    if (!shape) continue
    const history = manifest.data[name]?.history
    const rows = business.records[name].filter((row) => isInside(name, row, business.today, history))
    originals[name] = [...rows]
    data[name] = rows.map((row) => maskRow(name, stored(name, row, redact), shape, keys)) as never
  }
  return { data, originals, keys }
}
