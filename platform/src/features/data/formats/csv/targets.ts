import { datasetOf, type DatasetName, type Field } from '@bizq/sdk/contract'

/**
 * Where a column goes. A target is a field (`amount`), a field of a referred record (`order.customer.email`),
 * or one of the words that only a file knows: `id`, the source's own id; `currency`, of the row's money;
 * and those of `extras`.
 */
export interface Target {
  /** References followed from the row's dataset, e.g. `['order', 'customer']`. */
  path: string[]
  dataset: DatasetName
  name: string
  kind: Field['kind'] | 'extra'
  field?: Field
}

/** What a file may hold beside the fields, by dataset. */
const extras: Partial<Record<DatasetName, Record<string, string>>> = {
  transactions: {
    amountIn: 'Money in, where the statement has a column for it.',
    amountOut: 'Money out, where the statement has a column for it.',
    direction: 'A mark that says in or out: D, C, Af, Bij, Soll, Haben.',
    fee: 'A fee that the amount does not contain.',
    balance: 'The balance after the row.',
  },
  invoices: { lineAmount: 'A line’s amount with tax; the lines are added up.' },
  bills: { lineAmount: 'A line’s amount with tax; the lines are added up.' },
}

const deepest = 3

/** Reads a target; undefined if the dataset has no such field. */
export function resolveTarget(dataset: DatasetName, target: string): Target | undefined {
  const parts = target.split('.')
  const name = parts.pop() ?? ''
  if (parts.length >= deepest) return undefined
  let at = dataset
  for (const part of parts) {
    const step = datasetOf(at).fields[part]
    if (step?.kind !== 'reference' || !step.dataset) return undefined
    at = step.dataset as DatasetName
  }
  const field = datasetOf(at).fields[name]
  if (field && field.kind !== 'reference') return { path: parts, dataset: at, name, kind: field.kind, field }
  const isExtra = parts.length === 0 && (name === 'currency' || extras[at]?.[name] !== undefined)
  return isExtra ? { path: parts, dataset: at, name, kind: 'extra' } : undefined
}

/** Every target that a column of this dataset may have, nearest first. */
export function targetsOf(dataset: DatasetName): string[] {
  const own = ownTargets(dataset)
  const hasCurrency = datasetOf(dataset).fields['currency'] !== undefined
  return [
    ...own,
    ...(hasCurrency ? [] : ['currency']),
    ...Object.keys(extras[dataset] ?? {}),
    ...referredTargets(dataset, 1),
  ]
}

function ownTargets(dataset: DatasetName): string[] {
  return Object.entries(datasetOf(dataset).fields)
    .filter(([, field]) => field.kind !== 'reference')
    .map(([name]) => name)
}

function referredTargets(dataset: DatasetName, depth: number): string[] {
  if (depth >= deepest) return []
  return Object.entries(datasetOf(dataset).fields).flatMap(([name, field]) => {
    if (field.kind !== 'reference' || !field.dataset) return []
    const inner = field.dataset as DatasetName
    return [...ownTargets(inner), ...referredTargets(inner, depth + 1)].map((target) => `${name}.${target}`)
  })
}
