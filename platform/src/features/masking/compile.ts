import { createHash } from 'node:crypto'
import { datasetOf, leaves, type DatasetName, type Field } from '@bizq/sdk/contract'
import { openCondition, personalColumns, sqlName } from './views.ts'

/**
 * What of a dataset is read: which of its fields leave, and which were asked for and are withheld: null, without
 * a look at their columns. Key, factor, window and place are parameters.
 */
export interface ReadShape {
  dataset: DatasetName
  fields: readonly string[]
  withheld?: readonly string[]
}

/** A field in the order of the contract; one that is withheld is not read. */
type Delivered = [name: string, field: Field, isWithheld: boolean]

/** A statement and the name it is prepared by. */
export interface CompiledRead {
  name: string
  text: string
}

/** The row of a compiled read. */
export interface ReadRow {
  /** Why the grant may not be read now; null when it may. */
  refusal: string | null
  isFenced: boolean
  /** JSON text of the rows without the brackets around them. */
  items: string
  rows: number
  /** Whether an amount is beyond what JSON holds exactly. */
  isUnsafe: boolean
  /** The place of the last row, when the page is full. */
  lastAt: string | null
  lastSeq: string | number | null
}

const kept = new Map<string, CompiledRead>()

/**
 * Compiles a shape to one statement that checks the grant, filters, masks, orders by time and
 * creation, and writes JSON. Its parameters: grant, limit, after (creation), and where the dataset has
 * a time, after (time) and from (time). The same statement serves preview, page and whole window.
 *
 * Open records are always inside the window. They are older than its start, so they come first, and
 * each part is read in the order of its own index.
 */
export function compileRead({ dataset, fields, withheld = [] }: ReadShape): CompiledRead {
  const [wanted, hidden] = [new Set(fields), new Set(withheld)]
  const personal = new Set(personalColumns(dataset))
  const known = Object.entries(datasetOf(dataset).fields).flatMap(([name, field]): Delivered[] => {
    if (hidden.has(name)) return [[name, field, true]]
    return wanted.has(name) && (leaves(field) || personal.has(name)) ? [[name, field, false]] : []
  })
  if (known.length !== new Set([...wanted, ...hidden]).size)
    throw new RangeError(`${dataset} has no such fields that leave: ${[...fields, ...withheld].join(', ')}`)
  const shape = `${dataset}:${known.map(([name, , isWithheld]) => (isWithheld ? `-${name}` : name)).join(',')}`
  const compiled = kept.get(shape)
  if (compiled) return compiled
  const text = statementOf(dataset, known)
  const made = { name: `read_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`, text }
  if (kept.size >= 10_000) kept.clear()
  kept.set(shape, made)
  return made
}

function statementOf(dataset: DatasetName, delivered: Delivered[]): string {
  const { time } = datasetOf(dataset)
  const fields = delivered.flatMap(([name, field, isWithheld]): [string, Field][] =>
    isWithheld ? [] : [[name, field]],
  )
  return `select g.refusal, '${dataset}' = any (g.fenced) as "isFenced", page.items, page.rows, page."isUnsafe", page."lastAt", page."lastSeq"
from masked.grants g left join lateral (
  select coalesce(string_agg(${rowJson(delivered)}, ','), '') as items, count(*)::int as rows, ${unsafe(fields)} as "isUnsafe",
    max(v.at)${time ? '::text' : ''} as "lastAt", (array_agg(v.seq))[$2::int] as "lastSeq"
  from (
${time ? timedRows(dataset, fields) : untimedRows(dataset, fields)}
  ) v
  where g.refusal is null and not '${dataset}' = any (g.fenced)
) page on true
where g.id = $1::uuid`
}

function unsafe(fields: [string, Field][]): string {
  const amounts = fields
    .filter(([, { kind }]) => kind === 'money')
    .map(([name]) => `abs(v."${sqlName(name)}")`)
  return amounts.length
    ? `coalesce(max(greatest(${amounts.join(', ')})) > ${Number.MAX_SAFE_INTEGER}, false)`
    : 'false'
}

function columnsOf(fields: [string, Field][]): string {
  const names = new Set(['seq', ...fields.map(([name]) => sqlName(name))])
  if (fields.some(([, { kind }]) => kind === 'money')) names.add('currency')
  return [...names].map((name) => `m."${name}"`).join(', ')
}

function timedRows(dataset: DatasetName, fields: [string, Field][]): string {
  const { fields: all, time, openWhile } = datasetOf(dataset)
  const type = all[time as string]?.kind === 'date' ? 'date' : 'timestamptz'
  const part = (where: string) =>
    `    (select m.at, ${columnsOf(fields)} from masked.${sqlName(dataset)} m
      where ${where} and (m.at, m.seq) > ($4::${type}, $3::bigint)
      order by m.at, m.seq limit $2::int)`
  const inside = part(`m.at >= $5::${type}`)
  if (!openWhile) return inside
  return `    select * from (
${part(`m.at < $5::${type} and ${openCondition(dataset, 'm.')}`)}
    union all
${inside}
    ) parts order by at, seq limit $2::int`
}

function untimedRows(dataset: DatasetName, fields: [string, Field][]): string {
  return `    select null::text as at, ${columnsOf(fields)} from masked.${sqlName(dataset)} m
      where m.seq > $3::bigint order by m.seq limit $2::int`
}

/** One row as JSON text, its members in the contract's order. */
function rowJson(fields: Delivered[]): string {
  const parts = fields.map(([name, field, isWithheld], i) => {
    const [before, value, after] = isWithheld
      ? (['', `'null'`, ''] as const)
      : jsonOf(field, `v."${sqlName(name)}"`)
    return { before: `${i === 0 ? '{' : ','}"${name}":${before}`, value, after }
  })
  const last = parts.at(-1)?.after ?? ''
  const joined = parts.map(({ before, value }, i) => `'${parts[i - 1]?.after ?? ''}${before}' || ${value}`)
  return `${joined.join(' || ')} || '${last}}'`
}

/** How a value stands in the JSON: what is before it, its text, what is after it. A required field is never null. */
function jsonOf({ kind, required }: Field, value: string): [string, string, string] {
  switch (kind) {
    case 'identifier':
    case 'reference':
    case 'counterparty':
    case 'enum':
      return quoted(required, value)
    case 'date':
      return quoted(required, `to_char(${value}, 'YYYY-MM-DD')`)
    case 'timestamp':
      return quoted(required, `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)
    case 'money': {
      const inside = `${value} || ',"currency":"' || v.currency`
      return required
        ? ['{"amount":', inside, '"}']
        : ['', `coalesce('{"amount":' || ${inside} || '"}', 'null')`, '']
    }
    case 'quantity':
    case 'rate':
      return ['', `coalesce(trim_scale(${value})::text, 'null')`, '']
    case 'boolean':
      return ['', `case when ${value} then 'true' when not ${value} then 'false' else 'null' end`, '']
    default:
      return ['', `coalesce(to_json(${value}), 'null')`, '']
  }
}

function quoted(required: boolean, value: string): [string, string, string] {
  return required ? ['"', value, '"'] : ['', `coalesce('"' || ${value} || '"', 'null')`, '']
}
