import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { UnitOfWork } from '../../db/unit-of-work.ts'

declare module '../../db/database.ts' {
  interface Database {
    audit_entries: {
      organisation_id: string
      id: Generated<string>
      xid: Generated<string>
      at: Generated<Date>
      actor_kind: string
      actor_id: string | null
      action: string
      subject: unknown
    }
    audit_chain: { organisation_id: string; sequence: number; entry_id: string; hash: string }
    audit_heads: { organisation_id: string; sequence: number; hash: string; at: Date; jws: string }
  }
}

type Tx = Transaction<Database>

export async function insertEntry(
  unit: UnitOfWork,
  action: string,
  subject: Record<string, unknown>,
): Promise<void> {
  const { actor } = unit
  await unit.tx
    .insertInto('audit_entries')
    .values({
      organisation_id: actor.organisation,
      actor_kind: actor.kind,
      actor_id: actor.token ?? actor.user,
      action,
      subject: JSON.stringify(subject),
    })
    .execute()
}

export async function insertEntries(
  unit: UnitOfWork,
  action: string,
  subjects: readonly Record<string, unknown>[],
): Promise<void> {
  const { actor } = unit
  await sql`insert into bizq.audit_entries (organisation_id, actor_kind, actor_id, action, subject)
    select ${actor.organisation}::uuid, ${actor.kind}::text, ${actor.token ?? actor.user}::text, ${action}::text, s.value
    from jsonb_array_elements(${JSON.stringify(subjects)}::jsonb) with ordinality as s (value, place)
    order by s.place`.execute(unit.tx)
}

export interface AuditFilter {
  before?: string | undefined
  action?: string | undefined
  subject?: string | undefined
  limit: number
}

/** Newest first; the sequence is null until the entry is sealed. */
export function listEntries(tx: Tx, filter: AuditFilter) {
  let query = tx
    .selectFrom('audit_entries as e')
    .leftJoin('audit_chain as c', (join) =>
      join.onRef('c.organisation_id', '=', 'e.organisation_id').onRef('c.entry_id', '=', 'e.id'),
    )
    .select(['e.id', 'e.at', 'e.actor_kind', 'e.actor_id', 'e.action', 'e.subject', 'c.sequence', 'c.hash'])
  if (filter.before) query = query.where('e.id', '<', filter.before)
  if (filter.action)
    query = query.where('e.action', 'like', `${filter.action.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`)
  if (filter.subject)
    query = query.where(
      sql<boolean>`exists (select 1 from jsonb_each_text(e.subject) s where s.value = ${filter.subject})`,
    )
  return query
    .orderBy('e.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

export async function listEntriesAbout(
  tx: Tx,
  { about, from, to, limit }: { about: readonly string[]; from: Date; to: Date; limit: number },
) {
  return tx
    .selectFrom('audit_entries as e')
    .select(['e.id', 'e.at', 'e.actor_kind', 'e.actor_id', 'e.action', 'e.subject'])
    .where('e.at', '>=', from)
    .where('e.at', '<', to)
    .where(
      sql<boolean>`exists (select 1 from jsonb_each_text(e.subject) s where s.value = any (${[...about]}::text[]))`,
    )
    .orderBy('e.id', 'desc')
    .limit(limit)
    .execute()
}

export function listSealed(tx: Tx, after: number, upTo: number, limit: number) {
  return tx
    .selectFrom('audit_chain as c')
    .innerJoin('audit_entries as e', (join) =>
      join.onRef('e.organisation_id', '=', 'c.organisation_id').onRef('e.id', '=', 'c.entry_id'),
    )
    .leftJoin('audit_heads as h', (join) =>
      join.onRef('h.organisation_id', '=', 'c.organisation_id').onRef('h.sequence', '=', 'c.sequence'),
    )
    .select([
      'c.sequence',
      'c.hash',
      'e.id',
      'e.at',
      'e.actor_kind',
      'e.actor_id',
      'e.action',
      'e.subject',
      'h.jws',
    ])
    .where('c.sequence', '>', after)
    .where('c.sequence', '<=', upTo)
    .orderBy('c.sequence')
    .limit(limit)
    .execute()
}

export function findChainEnd(tx: Tx) {
  return tx
    .selectFrom('audit_chain')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export function listHeads(tx: Tx, limit: number) {
  return tx
    .selectFrom('audit_heads')
    .select(['sequence', 'hash', 'at', 'jws'])
    .orderBy('sequence', 'desc')
    .limit(limit)
    .execute()
}
