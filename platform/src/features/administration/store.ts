import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { ActCode, ActKind } from './schemas.ts'

interface Objected {
  objection: string | null
  objected_at: Date | null
  answer: string | null
  answered_at: Date | null
}

interface ActTable extends Objected {
  organisation_id: string
  id: Generated<string>
  kind: ActKind
  concerns_id: string
  service_id: string | null
  code: ActCode
  words: string
  user_id: string | null
  at: Generated<Date>
  lifted_at: Date | null
}

interface NoticeTable extends Objected {
  organisation_id: string
  id: Generated<string>
  act: string
  kind: ActKind
  service_id: string | null
  service_slug: string | null
  service_name: string | null
  code: ActCode
  words: string
  at: Generated<Date>
  lifted_at: Date | null
  may_object: boolean
}

declare module '../../db/database.ts' {
  interface Database {
    platform_acts: ActTable
    platform_notices: NoticeTable
  }
}

type Tx = Transaction<Database>

const actColumns = [
  'id',
  'kind',
  'concerns_id',
  'service_id',
  'code',
  'words',
  'user_id',
  'at',
  'lifted_at',
  'objection',
  'objected_at',
  'answer',
  'answered_at',
] as const
export type ActRow = NonNullable<Awaited<ReturnType<typeof findAct>>>

export interface NewAct {
  organisation: string
  kind: ActKind
  concerns: string
  service: string | null
  code: ActCode
  words: string
  user: string | null
}

/** Adds an act; nothing where the same holds already. */
export function insertAct(tx: Tx, act: NewAct) {
  return tx
    .insertInto('platform_acts')
    .values({
      organisation_id: act.organisation,
      kind: act.kind,
      concerns_id: act.concerns,
      service_id: act.service,
      code: act.code,
      words: act.words,
      user_id: act.user,
    })
    .onConflict((oc) => oc.doNothing())
    .returning(actColumns)
    .executeTakeFirst()
}

/** Ends the act of this kind that holds; nothing where none does. */
export function liftAct(tx: Tx, kind: ActKind, of: { concerns: string; service: string | null }) {
  return tx
    .updateTable('platform_acts')
    .set({ lifted_at: sql`now()` })
    .where('kind', '=', kind)
    .where('concerns_id', '=', of.concerns)
    .where('service_id', of.service === null ? 'is' : '=', of.service)
    .where('lifted_at', 'is', null)
    .returning(actColumns)
    .executeTakeFirst()
}

export function findAct(tx: Tx, id: string) {
  return tx.selectFrom('platform_acts').select(actColumns).where('id', '=', id).executeTakeFirst()
}

export interface ActFilter {
  service?: string | undefined
  concerns?: string | undefined
  isObjection: boolean
  after?: [at: string, id: string] | undefined
  limit: number
}

export function listActs(tx: Tx, filter: ActFilter) {
  let query = tx.selectFrom('platform_acts').select(actColumns)
  if (filter.service) query = query.where('service_id', '=', filter.service)
  if (filter.concerns) query = query.where('concerns_id', '=', filter.concerns)
  if (filter.isObjection)
    query = query
      .where('objection', 'is not', null)
      .where('answer', 'is', null)
      .where('lifted_at', 'is', null)
  if (filter.after)
    query = query.where(
      sql<boolean>`(date_trunc('milliseconds', at), id) < (${filter.after[0]}::timestamptz, ${filter.after[1]}::uuid)`,
    )
  return query
    .orderBy(sql`date_trunc('milliseconds', at)`, 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** The answer to an objection; nothing where there is none to answer. */
export function answerAct(tx: Tx, id: string, words: string) {
  return tx
    .updateTable('platform_acts')
    .set({ answer: words, answered_at: new Date() })
    .where('id', '=', id)
    .where('objection', 'is not', null)
    .where('answer', 'is', null)
    .returning(actColumns)
    .executeTakeFirst()
}

const noticeColumns = [
  'id',
  'act',
  'kind',
  'service_id',
  'service_slug',
  'service_name',
  'code',
  'words',
  'at',
  'lifted_at',
  'may_object',
  'objection',
  'objected_at',
  'answer',
  'answered_at',
] as const
export type NoticeRow = NonNullable<Awaited<ReturnType<typeof findNotice>>>

export type NewNotice = Pick<
  NoticeTable,
  | 'organisation_id'
  | 'act'
  | 'kind'
  | 'service_id'
  | 'service_slug'
  | 'service_name'
  | 'code'
  | 'words'
  | 'may_object'
>

/** Tells the organisation of an act; nothing where it was told before. */
export function insertNotice(tx: Tx, notice: NewNotice) {
  return tx
    .insertInto('platform_notices')
    .values(notice)
    .onConflict((oc) => oc.columns(['organisation_id', 'act']).doNothing())
    .returning(noticeColumns)
    .executeTakeFirst()
}

/** Marks what the organisation was told of an act as taken back. */
export async function liftNotice(tx: Tx, act: string): Promise<void> {
  await tx
    .updateTable('platform_notices')
    .set({ lifted_at: sql`now()` })
    .where('act', '=', act)
    .where('lifted_at', 'is', null)
    .execute()
}

export function findNotice(tx: Tx, id: string) {
  return tx.selectFrom('platform_notices').select(noticeColumns).where('id', '=', id).executeTakeFirst()
}

export interface NoticeFilter {
  service?: string | undefined
  isStanding?: boolean | undefined
  after?: string | undefined
  limit: number
}

/** Newest first. Only what holds on by itself can stand: a restoration is told, and over. */
export function listNotices(tx: Tx, filter: NoticeFilter) {
  let query = tx.selectFrom('platform_notices').select(noticeColumns)
  const stands = sql<boolean>`lifted_at is null and kind in ('hide', 'suspend', 'stop')`
  if (filter.service) query = query.where('service_id', '=', filter.service)
  if (filter.isStanding !== undefined)
    query = query.where(filter.isStanding ? stands : sql<boolean>`not (${stands})`)
  if (filter.after) query = query.where('id', '<', filter.after)
  return query
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** Keeps the organisation's objection in its own row. */
export function keepObjection(tx: Tx, id: string, words: string) {
  return tx
    .updateTable('platform_notices')
    .set({ objection: words, objected_at: new Date() })
    .where('id', '=', id)
    .returning(noticeColumns)
    .executeTakeFirstOrThrow()
}

/** Brings it to the platform; false where the act cannot be objected to, or not any more. */
export async function bringObjection(tx: Tx, platform: string, act: string, words: string): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    select bizq.object_to_platform(${platform}, ${act}, ${words}) as done`.execute(tx)
  return rows[0]?.done ?? false
}

export function keepAnswer(tx: Tx, act: string, words: string) {
  return tx
    .updateTable('platform_notices')
    .set({ answer: words, answered_at: new Date() })
    .where('act', '=', act)
    .returning(['id', 'kind', 'service_id'])
    .executeTakeFirst()
}
