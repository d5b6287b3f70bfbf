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

export interface ChainEnd {
  organisationId: string
  sequence: number
  hash: string
}

export async function findChainEnds(
  client: PoolClient,
  organisations: string[],
): Promise<Map<string, ChainEnd>> {
  const { rows } = await client.query<{ organisation_id: string; sequence: number; hash: string }>(
    'select organisation_id, sequence, hash from bizq.audit_ends where organisation_id = any ($1::uuid[])',
    [organisations],
  )
  return new Map(rows.map((row) => [row.organisation_id, toEnd(row)]))
}

function toEnd(row: { organisation_id: string; sequence: number; hash: string }): ChainEnd {
  return { organisationId: row.organisation_id, sequence: row.sequence, hash: row.hash }
}

export async function saveChainEnds(client: PoolClient, ends: readonly ChainEnd[]): Promise<void> {
  await client.query(
    `insert into bizq.audit_ends (organisation_id, sequence, hash)
     select * from unnest($1::uuid[], $2::bigint[], $3::text[])
     on conflict (organisation_id) do update set sequence = excluded.sequence, hash = excluded.hash`,
    [ends.map((end) => end.organisationId), ends.map((end) => end.sequence), ends.map((end) => end.hash)],
  )
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

const isDue = `sequence > signed_sequence and (signed_at is null or signed_at < $2 or sequence - signed_sequence >= $1)`

/** Organisations whose chain grew by so many since its last head, or grew at all and has no head younger than `before`. */
export async function listDueHeads(
  pool: Pool,
  due: { entries: number; before: Date },
  limit: number,
): Promise<string[]> {
  const { rows } = await pool.query<{ organisation_id: string }>(
    `select organisation_id from bizq.audit_ends where ${isDue} order by signed_at nulls first limit $3`,
    [due.entries, due.before, limit],
  )
  return rows.map((row) => row.organisation_id)
}

/** The end of a chain if its head is still due and nobody else signs it just now. */
export async function lockDueHead(
  client: PoolClient,
  organisation: string,
  due: { entries: number; before: Date },
): Promise<ChainEnd | undefined> {
  const { rows } = await client.query<{ organisation_id: string; sequence: number; hash: string }>(
    `select organisation_id, sequence, hash from bizq.audit_ends
     where organisation_id = $3 and ${isDue} for update skip locked`,
    [due.entries, due.before, organisation],
  )
  return rows[0] && toEnd(rows[0])
}

export async function insertHead(
  client: PoolClient,
  end: ChainEnd,
  head: { at: Date; jws: string },
): Promise<void> {
  await client.query(
    'insert into bizq.audit_heads (organisation_id, sequence, hash, at, jws) values ($1, $2, $3, $4, $5)',
    [end.organisationId, end.sequence, end.hash, head.at, head.jws],
  )
  await client.query(
    'update bizq.audit_ends set signed_sequence = $2, signed_at = $3 where organisation_id = $1',
    [end.organisationId, end.sequence, head.at],
  )
}
