import { sql, type Transaction } from 'kysely'
import { datasetNames, type DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'
import { columnsOf } from './columns.ts'
import { tableRef, within, type Scope } from './record-store.ts'

type Tx = Transaction<Database>

/** A customer or supplier as it may be named in texts. */
export interface Party {
  dataset: 'customers' | 'suppliers'
  /** UUID. */
  id: string
  name: string | null
  company: string | null
  email: string | null
  phone: string | null
  street: string | null
}

/** A text, or a name that may be a person’s, that nothing is known of yet. */
export interface Unread {
  /** UUID of its record. */
  id: string
  /** By field. */
  texts: Record<string, string>
  /** Names of legal entities, by field. */
  legalNames: Record<string, string>
}

export interface Read {
  id: string
  /** The redacted segments of each text, by field. */
  segments: Record<string, unknown>
  /** Whether each legal name is surely no person’s, by field. */
  isEntity: Record<string, boolean>
}

const columnsWith = (dataset: DatasetName, kind: 'text' | 'legalName') =>
  columnsOf(dataset).filter((column) => column.kind === kind)

/** The datasets that have texts or legal names. */
export const readDatasets: readonly DatasetName[] = datasetNames.filter(
  (dataset) => columnsWith(dataset, 'text').length + columnsWith(dataset, 'legalName').length > 0,
)

/**
 * Says that customers or suppliers are about to change, before any record is locked. Answers whether texts
 * of the business were redacted without knowing their new names.
 */
export async function announceNames(tx: Tx, scope: Scope): Promise<boolean> {
  const { rows } = await sql<{ has_redacted: boolean }>`
    insert into data.redactions as t (organisation_id, business_id, names_version)
    values (${scope.organisation}, ${scope.business}, 1)
    on conflict (organisation_id, business_id) do update set names_version = t.names_version + 1
    returning t.has_redacted`.execute(tx)
  return rows[0]?.has_redacted ?? false
}

/** The version of the names by which texts are redacted in this transaction, held until it ends. */
export async function holdNamesVersion(tx: Tx, scope: Scope): Promise<number> {
  await sql`
    insert into data.redactions as t (organisation_id, business_id, has_redacted)
    values (${scope.organisation}, ${scope.business}, true)
    on conflict (organisation_id, business_id) do update set has_redacted = true where not t.has_redacted`.execute(
    tx,
  )
  const { rows } = await sql<{ names_version: number }>`
    select t.names_version from data.redactions t where ${within(scope)} for share`.execute(tx)
  return rows[0]?.names_version ?? 0
}

/** Every customer and supplier of a business that has a name, an address or a number. */
export async function listParties(tx: Tx, scope: Scope): Promise<Party[]> {
  const { rows } = await sql<Party>`
    select 'customers' as dataset, t.id, t.name, t.company, t.email, t.phone, t.street from data.customers t
    where ${within(scope)} and coalesce(t.name, t.company, t.email, t.phone, t.street) is not null
    union all
    select 'suppliers', t.id, t.name, null, t.email, t.phone, t.street from data.suppliers t
    where ${within(scope)} and coalesce(t.name, t.email, t.phone, t.street) is not null`.execute(tx)
  return rows
}

/** Some records whose texts are not read yet, locked; those that somebody else holds are left for later. */
export async function lockUnread(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  limit: number,
): Promise<Unread[]> {
  const texts = columnsWith(dataset, 'text')
  const names = columnsWith(dataset, 'legalName')
  const unread = (column: string, mark: string) =>
    sql`(${sql.ref(`t.${column}`)} is not null and ${sql.ref(`t.${mark}`)} is null)`
  const pairs = [
    ...texts.map(({ field, column }) => ({
      field,
      column,
      mark: `${column}_segments`,
      part: 'texts' as const,
    })),
    ...names.map(({ field, column }) => ({
      field,
      column,
      mark: `${column}_is_entity`,
      part: 'legalNames' as const,
    })),
  ]
  const { rows } = await sql<Record<string, string | null>>`
    select t.id, ${sql.join(
      pairs.map(
        ({ column, mark, field }) =>
          sql`case when ${sql.ref(`t.${mark}`)} is null then ${sql.ref(`t.${column}`)} end as ${sql.ref(field)}`,
      ),
    )} from ${tableRef(dataset)} t
    where ${within(scope)} and (${sql.join(
      pairs.map(({ column, mark }) => unread(column, mark)),
      sql` or `,
    )})
    order by t.seq limit ${limit} for update skip locked`.execute(tx)
  return rows.map((row) => {
    const found: Unread = { id: row['id'] as string, texts: {}, legalNames: {} }
    for (const { field, part } of pairs) if (typeof row[field] === 'string') found[part][field] = row[field]
    return found
  })
}

/** Keeps what was read of locked records. */
export async function saveRead(
  tx: Tx,
  scope: Scope,
  dataset: DatasetName,
  read: readonly Read[],
): Promise<void> {
  if (read.length === 0) return
  const sets = [
    ...columnsWith(dataset, 'text').map(({ field, column }) => {
      const mark = sql.ref(`${column}_segments`)
      return sql`${mark} = coalesce(s.segments -> ${sql.lit(field)}, t.${mark})`
    }),
    ...columnsWith(dataset, 'legalName').map(({ field, column }) => {
      const mark = sql.ref(`${column}_is_entity`)
      return sql`${mark} = coalesce((s."isEntity" ->> ${sql.lit(field)})::boolean, t.${mark})`
    }),
  ]
  await sql`
    update ${tableRef(dataset)} t set ${sql.join(sets)}
    from json_to_recordset(${JSON.stringify(read)}::json) s(id uuid, segments jsonb, "isEntity" jsonb)
    where ${within(scope)} and t.id = s.id`.execute(tx)
}

const shortestWord = 3
/** Forms and words that would mark half of all texts and name nobody. */
const idleWords = new Set(
  'ltd limited inc llc llp plc corp gmbh the and und der die das les des van von'.split(' '),
)

const spelledOut: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa', æ: 'ae', ß: 'ss' }

/** The words by which a text may name somebody, as texts write them: without accents, spelled out, as a plural. */
function wordsOf(names: readonly string[]): string[] {
  const plain = names.map((name) => name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase())
  const spelled = names.map((name) =>
    name
      .normalize('NFC')
      .toLowerCase()
      .replaceAll(/[äöüøåæß]/g, (letter) => spelledOut[letter] ?? letter),
  )
  const words = [...plain, ...spelled].flatMap((name) => name.split(/[^\p{L}\p{N}]+/u))
  const telling = words.filter((word) => word.length >= shortestWord && !idleWords.has(word))
  return [...new Set(telling.flatMap((word) => [word, `${word}s`]))]
}

/** Scripts without blanks between words. */
const isUnspaced = (name: string) =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u.test(name)

/** Withholds the texts of a business that may name one of these until they are redacted anew. Answers how many. */
export async function markForRedaction(tx: Tx, scope: Scope, names: readonly string[]): Promise<number> {
  const words = wordsOf(names)
  const whole = names.filter(isUnspaced).map((name) => `%${name.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`)
  if (words.length === 0 && whole.length === 0) return 0
  let marked = 0
  for (const dataset of readDatasets) {
    for (const { column } of columnsWith(dataset, 'text')) {
      const text = sql.ref(`t.${column}`)
      const mark = sql.ref(`${column}_segments`)
      const { numAffectedRows } = await sql`
        update ${tableRef(dataset)} t set ${mark} = null
        where ${within(scope)} and t.${mark} is not null and ${text} is not null and (
          exists (select 1 from regexp_split_to_table(lower(public.unaccent(${text})), '[^[:alnum:]]+') w
            where w = any(${words}::text[]))
          or ${text} ilike any(${whole}::text[]))`.execute(tx)
      marked += Number(numAffectedRows ?? 0n)
    }
  }
  return marked
}
