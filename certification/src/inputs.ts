import {
  checkAgainst,
  datasetNames,
  datasetOf,
  defaultMask,
  historyDays,
  type DatasetName,
  type ExecutionInput,
  type Field,
  type Manifest,
} from '@bizq/sdk/contract'

type Rows = NonNullable<ExecutionInput['data'][DatasetName]>
type Json = Rows[number][string]

/** The moment at which every trial runs. */
export const trialNow = Date.parse('2026-11-20T09:30:00Z')
const day = 86_400_000
const rowsOf = 60

/** The settings as they are when the operator changes nothing, or why there are none. */
export function defaultSettings(manifest: Manifest): ReturnType<typeof checkAgainst> {
  return manifest.settings ? checkAgainst(manifest.settings, {}) : { ok: true, value: {} }
}

function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

const pseudonym = (prefix: string, roll: () => number) =>
  `${prefix}_${Array.from({ length: 32 }, () => Math.floor(roll() * 16).toString(16)).join('')}`

interface Making {
  roll: () => number
  ids: Partial<Record<DatasetName, string[]>>
  /** How far back and ahead dates lie, in days. */
  span: number
  text: (field: string) => string
}

const counterparties = Array.from({ length: 8 }, (_, i) => `cpy_${String(i).padStart(32, '0')}`)
const pick = <T>(from: readonly T[], roll: () => number): T | undefined =>
  from[Math.floor(roll() * from.length)]

function valueOf(name: string, field: Field, { roll, ids, span, text }: Making): Json {
  const at = new Date(trialNow + Math.round((roll() * 1.2 - 1) * Math.min(span, 120)) * day).toISOString()
  switch (field.kind) {
    case 'reference':
      return pick(ids[field.dataset as DatasetName] ?? [], roll) ?? null
    case 'counterparty':
      return pick(counterparties, roll) ?? null
    case 'money':
      return {
        amount: Math.round(10 ** (2 + roll() * 5)) * (name === 'amount' && roll() < 0.5 ? -1 : 1),
        currency: 'GBP',
      }
    case 'quantity':
      return Math.floor(roll() * 40)
    case 'rate':
      return Math.round(roll() * 100) / 1000
    case 'enum':
      return pick(field.values ?? [], roll) ?? null
    case 'boolean':
      return roll() < 0.5
    case 'currency':
      return 'GBP'
    case 'country':
      return pick(['GB', 'DE', 'FR'], roll) ?? null
    case 'category':
      return pick(['Travel', 'Stationery', 'Software', 'Rent'], roll) ?? null
    case 'timestamp':
      return at
    case 'date':
      return at.slice(0, 10)
    case 'region':
      return 'Bavaria'
    case 'legalName':
      return roll() < 0.5 ? 'Northern Supplies Ltd' : null
    default:
      return text(name)
  }
}

type Shape = (value: Json, field: Field, roll: () => number) => Json

interface InputShape {
  count: number
  seed: number
  shape?: Shape
  text?: (field: string) => string
}

/** Rows of every dataset that the manifest asks for, with references that point at rows of the same input. */
export function makeInput(manifest: Manifest, { count, seed, shape, text }: InputShape): ExecutionInput {
  const roll = dice(seed)
  const asked = datasetNames.filter((name) => manifest.data[name])
  const ids: Making['ids'] = Object.fromEntries(
    asked.map((name) => [name, Array.from({ length: count }, () => pseudonym(datasetOf(name).prefix, roll))]),
  )
  const rows = (name: DatasetName): Rows => {
    const { fields } = datasetOf(name)
    const span = historyDays(manifest.data[name]?.history ?? '365d')
    const making = {
      roll,
      ids,
      span,
      text: text ?? ((field: string) => `${field} text ${Math.floor(roll() * 9)}`),
    }
    return Array.from({ length: count }, (_, i) => {
      const row: Rows[number] = {}
      for (const fieldName of manifest.data[name]?.fields ?? []) {
        const field = fields[fieldName]
        if (!field || defaultMask(field) === 'withheld') continue
        const made = field.kind === 'identifier' ? (ids[name]?.[i] ?? '') : valueOf(fieldName, field, making)
        row[fieldName] = shape && field.kind !== 'identifier' ? shape(made, field, roll) : made
      }
      return row
    })
  }
  const settings = defaultSettings(manifest)
  return {
    data: Object.fromEntries(asked.map((name) => [name, rows(name)])),
    settings: (settings.ok ? settings.value : {}) as ExecutionInput['settings'],
    state: null,
  }
}

const sparse: Shape = (value, field) => (field.required ? value : null)
const extreme: Shape = (value, field, roll) => {
  if (field.kind === 'money')
    return { amount: roll() < 0.5 ? 0 : Number.MAX_SAFE_INTEGER, currency: roll() < 0.5 ? 'JPY' : 'GBP' }
  if (field.kind === 'quantity') return roll() < 0.5 ? 0 : -1_000_000
  if (field.kind === 'date') return roll() < 0.5 ? '1970-01-01' : '2999-12-31'
  return value
}

/** The inputs on which every bundle is tried: ordinary ones, and those that real businesses bring all the same. */
export function trialInputs(manifest: Manifest): { name: string; input: ExecutionInput }[] {
  const make = (name: string, shape: InputShape) => ({ name, input: makeInput(manifest, shape) })
  return [
    make('ordinary', { count: rowsOf, seed: 1 }),
    make('ordinary, other rows', { count: rowsOf, seed: 2 }),
    make('no rows at all', { count: 0, seed: 3 }),
    make('one row of each', { count: 1, seed: 4 }),
    make('only what is required', { count: rowsOf, seed: 5, shape: sparse }),
    make('zeros, extremes and mixed currencies', { count: rowsOf, seed: 6, shape: extreme }),
  ]
}
