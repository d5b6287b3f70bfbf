import type { Pool, PoolClient } from 'pg'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { AuditEntry } from './chain.ts'

export interface Watermark {
  xid: string
  entryId: string
}

export interface UnsealedEntry {
  organisationId: string
  id: string
  xid: string
  entry: Omit<AuditEntry, 'sequence'>
}

/** One transaction as the sealer role. */
export async function withSealer<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let failure: unknown
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    failure = error
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release(failure instanceof Error ? failure : undefined)
  }
}

/** Two sealers take turns here. */
export async function lockWatermark(client: PoolClient): Promise<Watermark> {
  const { rows } = await client.query<{ xid: string; entry_id: string }>(
    'select xid::text, entry_id from bizq.audit_watermark for update',
  )
  const row = rows[0]
  if (!row) throw new Error('the audit watermark is missing')
  return { xid: row.xid, entryId: row.entry_id }
}

/** In commit order. (An unqualified xid would be ordered as the text that is selected: 1000 before 999.) */
export async function listUnsealed(
  client: PoolClient,
  after: Watermark,
  limit: number,
): Promise<UnsealedEntry[]> {
  const { rows } = await client.query<{
    organisation_id: string
    id: string
    xid: string
    at: Date
    actor_kind: string
    actor_id: string | null
    action: string
    subject: unknown
  }>(
    `select organisation_id, id, xid::text, at, actor_kind, actor_id, action, subject from bizq.audit_entries
     where (xid, id) > ($1::xid8, $2::uuid) and xid < pg_snapshot_xmin(pg_current_snapshot())
     order by audit_entries.xid, id limit $3`,
    [after.xid, after.entryId, limit],
  )
  return rows.map((row) => ({
    organisationId: row.organisation_id,
    id: row.id,
    xid: row.xid,
    entry: {
      id: encodeId('aud', row.id),
      at: row.at.toISOString(),
      actor: {
        kind: row.actor_kind,
        id: row.actor_id === null ? null : actorId(row.actor_kind, row.actor_id),
      },
      action: row.action,
      subject: row.subject,
    },
  }))
}

/** The id of who acted, as it stands in the log. */
export function actorId(kind: string, uuid: string): string {
  return encodeId(kind === 'token' ? idPrefixes.token : idPrefixes.user, uuid)
}

export async function findChainEnds(client: PoolClient, organisations: string[]) {
  const { rows } = await client.query<{ organisation_id: string; sequence: number; hash: string }>(
    `select o.id as organisation_id, c.sequence, c.hash from unnest($1::uuid[]) o (id)
     cross join lateral (select sequence, hash from bizq.audit_chain c
       where c.organisation_id = o.id order by sequence desc limit 1) c`,
    [organisations],
  )
  return new Map(rows.map((row) => [row.organisation_id, { sequence: row.sequence, hash: row.hash }]))
}

export async function insertLinks(
  client: PoolClient,
  links: { organisationId: string; sequence: number; entryId: string; hash: string }[],
): Promise<void> {
  await client.query(
    `insert into bizq.audit_chain (organisation_id, sequence, entry_id, hash)
     select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[])`,
    [
      links.map((link) => link.organisationId),
      links.map((link) => link.sequence),
      links.map((link) => link.entryId),
      links.map((link) => link.hash),
    ],
  )
}

export async function moveWatermark(client: PoolClient, to: Watermark): Promise<void> {
  await client.query('update bizq.audit_watermark set xid = $1::xid8, entry_id = $2', [to.xid, to.entryId])
}

/** Chains that grew by so many since their last head, or grew at all and have no head younger than `before`. */
export async function listDueHeads(pool: Pool, entries: number, before: Date) {
  const { rows } = await pool.query<{ organisation_id: string; sequence: number; hash: string }>(
    `with ends as (
       select distinct on (organisation_id) organisation_id, sequence, hash from bizq.audit_chain order by organisation_id, sequence desc),
     heads as (
       select distinct on (organisation_id) organisation_id, sequence, at from bizq.audit_heads order by organisation_id, sequence desc)
     select e.organisation_id, e.sequence, e.hash from ends e left join heads h using (organisation_id)
     where h.sequence is null or e.sequence - h.sequence >= $1 or (e.sequence > h.sequence and h.at < $2)`,
    [entries, before],
  )
  return rows.map((row) => ({ organisationId: row.organisation_id, sequence: row.sequence, hash: row.hash }))
}

export async function insertHead(
  pool: Pool,
  head: { organisationId: string; sequence: number; hash: string; at: Date; jws: string },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into bizq.audit_heads (organisation_id, sequence, hash, at, jws) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [head.organisationId, head.sequence, head.hash, head.at, head.jws],
  )
  return rowCount === 1
}
