import {
  datasetOf,
  encodeId,
  messagesFor,
  formatValue,
  splitPath,
  type AnyAction,
  type Circumstances,
  type DatasetName,
  type LoadedRecords,
  type Patch,
  type RecordBefore,
} from '@bizq/sdk/contract'
import type { ExampleBusiness } from '@bizq/sdk/testing'

type Row = Readonly<Record<string, unknown>>
/** The business's records, which approved actions change. */
export type Books = Record<DatasetName, Row[]>

/** Copies a business's records, so that its own stay as they were. */
export function openBooks({ records }: ExampleBusiness): Books {
  return structuredClone(records) as unknown as Books
}

const find = (books: Books, dataset: DatasetName, id: unknown) =>
  books[dataset].find((row) => row['id'] === id) ?? null

/** What an action is about, loaded as its plan says. */
export function loadRecords(books: Books, action: AnyAction, parameters: Row): LoadedRecords {
  const loaded: Record<string, Row | null | readonly Row[]> = {}
  for (const [path, what] of Object.entries(action.records)) {
    const [parent, last] = splitPath(path)
    const holder = parent === null ? parameters : (loaded[parent] as Row | null)
    if (typeof what === 'string') loaded[path] = find(books, what, holder?.[last])
    else loaded[path] = books[what.dataset].filter((row) => row[what.by] === holder?.['id'])
  }
  return loaded
}

export function circumstancesOf(business: ExampleBusiness): Circumstances {
  const { today, currency, locale, name, categories } = business
  return { today, now: `${today}T09:00:00.000Z`, currency, locale, businessName: name, categories }
}

/** What a person calls a record. */
export function labelOf(books: Books, dataset: DatasetName, row: Row | null): string {
  if (!row) return 'a record that is not there'
  const name = row['company'] ?? row['name'] ?? row['title'] ?? row['number'] ?? row['counterpartyText']
  const party = row['customer'] ?? row['supplier'] ?? row['product']
  const owner = typeof party === 'string' ? partyName(books, party) : undefined
  const { singular } = datasetOf(dataset)
  return [singular, typeof name === 'string' ? name : undefined, owner && `of ${owner}`]
    .filter(Boolean)
    .join(' ')
}

function partyName(books: Books, id: string): string | undefined {
  for (const dataset of ['customers', 'suppliers', 'products'] as const) {
    const row = find(books, dataset, id)
    const name = row?.['company'] ?? row?.['name'] ?? row?.['title']
    if (typeof name === 'string') return name
  }
  return undefined
}

/** What one carried-out patch did, in words. */
export interface Effect {
  what: string
  /** Field by field, before and after. */
  changes: { field: string; before: string; after: string }[]
  /** A mail as it would go out. */
  mail?: { to: string; subject: string; text: string }
}

export interface CarriedOut {
  effects: Effect[]
  applied: Patch[]
  before: RecordBefore[]
}

const shown = (dataset: DatasetName, field: string, value: unknown, locale: string) => {
  const kind = datasetOf(dataset).fields[field]?.kind ?? 'text'
  return formatValue({ kind, value }, locale) ?? '–'
}

function setFields(books: Books, patch: Extract<Patch, { set: unknown }>, locale: string): Effect {
  const row = find(books, patch.dataset, patch.id)
  if (!row) return { what: `nothing: there is no such record of ${patch.dataset}`, changes: [] }
  const changes = Object.entries(patch.set).map(([field, value]) => ({
    field,
    before: shown(patch.dataset, field, row[field], locale),
    after: shown(patch.dataset, field, value, locale),
  }))
  const what = labelOf(books, patch.dataset, row)
  books[patch.dataset] = books[patch.dataset].map((each) => (each === row ? { ...row, ...patch.set } : each))
  return { what, changes }
}

/** Carries one patch out; gives it back with the id of what it made. */
function carryOut(books: Books, patch: Patch, locale: string): { effect: Effect; applied: Patch } {
  if ('set' in patch) return { effect: setFields(books, patch, locale), applied: patch }
  if ('create' in patch) {
    const { dataset, values } = patch.create
    const { fields, prefix, singular } = datasetOf(dataset)
    const id = encodeId(prefix, crypto.randomUUID())
    const empty = Object.fromEntries(Object.keys(fields).map((field) => [field, null]))
    books[dataset] = [...books[dataset], { ...empty, ...values, id }]
    const changes = Object.entries(values).map(([field, value]) => ({
      field,
      before: '–',
      after: shown(dataset, field, value, locale),
    }))
    return { effect: { what: `a new ${singular}`, changes }, applied: { ...patch, id } }
  }
  if ('mail' in patch) {
    const { to, subject, text } = patch.mail
    const recipient = find(books, to.dataset, to.id)
    const address =
      typeof recipient?.['email'] === 'string' ? recipient['email'] : 'nobody: there is no address'
    return { effect: { what: 'a mail', changes: [], mail: { to: address, subject, text } }, applied: patch }
  }
  if ('task' in patch) {
    const title = patch.task['title']
    const what = `a task: ${typeof title === 'string' ? title : 'without a title'}`
    return { effect: { what, changes: [] }, applied: { ...patch, id: crypto.randomUUID() } }
  }
  return { effect: { what: 'the task is removed', changes: [] }, applied: patch }
}

/** Carries patches out on the books, and keeps what undo needs. */
export function apply(books: Books, patches: readonly Patch[], locale: string): CarriedOut {
  const before = patches.flatMap((patch): RecordBefore[] => {
    if (!('set' in patch)) return []
    const row = find(books, patch.dataset, patch.id)
    return row ? [{ dataset: patch.dataset, row }] : []
  })
  const done = patches.map((patch) => carryOut(books, patch, locale))
  return { effects: done.map(({ effect }) => effect), applied: done.map(({ applied }) => applied), before }
}

/** Why an action cannot be carried out now, in words; null when it can. */
export function whyNot(
  action: AnyAction,
  records: LoadedRecords,
  parameters: Row,
  now: Circumstances,
): string | null {
  const found = action.precondition(records, parameters, now)
  if (found === true) return null
  const words: Readonly<Record<string, string>> = messagesFor(now.locale).preconditions
  return [words[found.code] ?? found.code, found.detail].filter(Boolean).join(' ')
}
