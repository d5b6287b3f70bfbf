import {
  datasetNames,
  datasetOf,
  defaultMask,
  historyDays,
  type DatasetName,
  type ExecutionInput,
  type Field,
  type Manifest,
} from '@bizq/sdk/contract'
import { checkAgainstInTime } from '@bizq/sdk/contract/host'
import { makeBooks } from './books.ts'
import { day, type Books, type Row } from './making.ts'

/** The surroundings of one execution. */
export interface World {
  /** Epoch milliseconds. */
  now: number
  timeZone: string
  locale: string
  /** Hexadecimal. */
  seed: string
}

/** One input of the suite, before it is cut to what a manifest asks for. */
export interface Case {
  name: string
  /** Every field that leaves the platform, masked. */
  books: Books
  world: World
  settings: ExecutionInput['settings']
  state: ExecutionInput['state']
  /** False for what a provider supplied: fields that it does not ask for are unknown there. */
  isGenerated: boolean
}

/** The moment at which the ordinary cases run. */
export const trialNow = Date.parse('2026-11-20T09:30:00Z')

/** The settings as they are when the operator changes nothing, or why there are none: a default may not be what its own schema takes. */
export function defaultSettings({ settings }: Manifest): ReturnType<typeof checkAgainstInTime> {
  if (!settings) return { ok: true, value: {} }
  const filled = checkAgainstInTime(settings, {})
  return filled.ok ? checkAgainstInTime(settings, filled.value) : filled
}

export function usualSettings(manifest: Manifest): ExecutionInput['settings'] {
  const settings = defaultSettings(manifest)
  return (settings.ok ? settings.value : {}) as ExecutionInput['settings']
}

/** Days of history that a manifest asks of a dataset; a year where the dataset has no time. */
export function windowOf(manifest: Manifest, dataset: DatasetName): number {
  return historyDays(manifest.data[dataset]?.history ?? '365d')
}

/** The currency of generated money: the one in which the manifest states its highest stakes. */
export function currencyOf({ actions }: Manifest): string {
  return actions.find(({ max }) => max !== undefined)?.max?.currency ?? 'GBP'
}

export interface CaseShape {
  seed: number
  size: number
  mood?: 'ordinary' | 'tight'
  counts?: Partial<Record<DatasetName, number>>
  now?: number
}

export function makeCase(manifest: Manifest, name: string, shape: CaseShape, seed: string): Case {
  const now = shape.now ?? trialNow
  const books = makeBooks({
    ...shape,
    now,
    currency: currencyOf(manifest),
    windowOf: (dataset) => windowOf(manifest, dataset),
  })
  const world = { now, timeZone: 'Europe/London', locale: 'en-GB', seed }
  return { name, books, world, settings: usualSettings(manifest), state: null, isGenerated: true }
}

/** What a provider supplies: rows as its bundle gets them, for what the generated cases do not reach. */
export interface SuppliedCase {
  name: string
  data: ExecutionInput['data']
  settings?: ExecutionInput['settings'] | undefined
  /** ISO 8601; the suite's own moment unless told. */
  now?: string | undefined
  timeZone?: string | undefined
}

export function suppliedCase(manifest: Manifest, supplied: SuppliedCase, seed: string): Case {
  const { name, data, settings, now, timeZone } = supplied
  return {
    name,
    books: data,
    world: {
      now: now === undefined ? trialNow : Date.parse(now),
      timeZone: timeZone ?? 'Europe/London',
      locale: 'en-GB',
      seed,
    },
    settings: { ...usualSettings(manifest), ...settings },
    state: null,
    isGenerated: false,
  }
}

/** The inputs of every relation and of least data: a business as it is most days, and three others. */
export function ordinaryCases(manifest: Manifest, seed: string): Case[] {
  return [
    makeCase(manifest, 'ordinary', { seed: 1, size: 40 }, seed),
    makeCase(manifest, 'a tight month', { seed: 2, size: 40, mood: 'tight' }, seed),
    makeCase(manifest, 'a growing shop', { seed: 3, size: 100 }, seed),
    makeCase(manifest, 'a small workshop', { seed: 4, size: 12 }, seed),
  ]
}

/** Further businesses, for what none of the others shows to be needed. */
export function furtherCases(manifest: Manifest, seed: string): Case[] {
  return [11, 12, 13, 14].map((dice) =>
    makeCase(
      manifest,
      `business ${dice}`,
      { seed: dice, size: 30 + dice * 5, mood: dice % 2 === 0 ? 'tight' : 'ordinary' },
      seed,
    ),
  )
}

/** Whether a manifest's provider receives a field at all. */
export function isDelivered(manifest: Manifest, field: Field): boolean {
  return (
    field.classification !== 'secret' &&
    (manifest.handlesPersonalData === true || defaultMask(field) !== 'withheld')
  )
}

const personal: Partial<Record<Field['kind'], (i: number) => string>> = {
  personName: (i) => `Customer ${i}`,
  email: (i) => `customer${i}@mailbox.example`,
  phone: (i) => `+44 7700 900${String(i % 1_000).padStart(3, '0')}`,
  street: (i) => `${i + 1} Market Street`,
  place: () => 'Leeds',
  iban: () => 'GB33BUKB20201555555555',
  taxNumber: (i) => `GB${100_000_000 + i}`,
}

function isInWindow(manifest: Manifest, dataset: DatasetName, row: Row, today: number): boolean {
  const { time, openWhile } = datasetOf(dataset)
  const at = time === null ? null : row[time]
  if (typeof at !== 'string') return true
  if (openWhile && openWhile.values.some((value) => value === row[openWhile.field])) return true
  return Date.parse(at) >= today - windowOf(manifest, dataset) * day
}

/** Exactly what the bundle gets of a case: the datasets, fields and days that its manifest asks for. */
export function inputOf(manifest: Manifest, { books, world, settings, state }: Case): ExecutionInput {
  const today = Math.floor(world.now / day) * day
  const data: ExecutionInput['data'] = {}
  for (const dataset of datasetNames) {
    const asked = manifest.data[dataset]
    if (!asked) continue
    const { fields } = datasetOf(dataset)
    const delivered = asked.fields.filter((name) => fields[name] && isDelivered(manifest, fields[name]))
    data[dataset] = (books[dataset] ?? [])
      .filter((row) => isInWindow(manifest, dataset, row, today))
      .map((row, i) =>
        Object.fromEntries(
          delivered.map((name) => [
            name,
            name in row ? (row[name] ?? null) : (personal[fields[name]?.kind ?? 'text']?.(i) ?? null),
          ]),
        ),
      )
  }
  return { data, settings, state }
}
