import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { z } from '@hono/zod-openapi'
import { genesisHash, type AuditEntry } from './chain.ts'
import { actorId } from './seal-store.ts'
import * as store from './store.ts'

/** Records who did what, in the transaction that does it. The subject holds ids and plain facts, never a personal value. */
export async function audit(
  unit: UnitOfWork,
  action: string,
  subject: Record<string, unknown>,
): Promise<void> {
  await store.insertEntry(unit, action, subject)
}

/** The same for many at once, in one statement and in the order given. */
export async function auditAll(
  unit: UnitOfWork,
  action: string,
  subjects: readonly Record<string, unknown>[],
): Promise<void> {
  if (subjects.length > 0) await store.insertEntries(unit, action, subjects)
}

interface EntryRow {
  id: string
  at: Date
  actor_kind: string
  actor_id: string | null
  action: string
  subject: unknown
}

function toEntry<S extends number | null>(row: EntryRow, sequence: S) {
  return {
    sequence,
    id: encodeId('aud', row.id),
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id === null ? null : actorId(row.actor_kind, row.actor_id) },
    action: row.action,
    subject: row.subject,
  }
}

export interface AuditQuery {
  cursor?: string | undefined
  limit: number
  action?: string | undefined
  subject?: string | undefined
}

/** The log, newest first. */
export async function listAudit(unit: UnitOfWork, query: AuditQuery) {
  const before = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0]
  const rows = await store.listEntries(unit.tx, { ...query, before })
  const page = pageOf(rows, query.limit, (row) => [row.id])
  return {
    items: page.items.map((row) => ({ ...toEntry(row, row.sequence), hash: row.hash })),
    next: page.next,
  }
}

/** Entries of a span of time whose subject names one of these ids, the newest first. */
export async function listAuditAbout(
  unit: UnitOfWork,
  query: { about: readonly string[]; from: Date; to: Date; limit: number },
) {
  const rows = await store.listEntriesAbout(unit.tx, query)
  return rows.map((row) => toEntry(row, null))
}

/** The signed heads, newest first: keep one elsewhere, and no later log can hide what it vouches for. */
export async function listHeads(unit: UnitOfWork) {
  const rows = await store.listHeads(unit.tx, 100)
  return { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })), next: null }
}

const pageSize = 1_000

/** The sealed log as JSON lines: a signed statement of its end, then entries in order with the heads among them. */
export async function* exportAudit(deps: Deps, actor: Actor): AsyncGenerator<string> {
  const end = await withUnitOfWork(deps, actor, async (unit) => store.findChainEnd(unit.tx))
  const last = end ?? { sequence: 0, hash: genesisHash }
  const claims = {
    organisation: encodeId(idPrefixes.organisation, actor.organisation),
    sequence: last.sequence,
    count: last.sequence,
    hash: last.hash,
    at: new Date().toISOString(),
  }
  yield line({ type: 'export', jws: await deps.signer.sign('bizq-audit-export', claims) })
  let previous = genesisHash
  for (let after = 0; after < last.sequence;) {
    const rows = await withUnitOfWork(deps, actor, (unit) =>
      store.listSealed(unit.tx, after, last.sequence, pageSize),
    )
    if (rows.length === 0) return
    for (const row of rows) {
      const entry: AuditEntry = toEntry(row, row.sequence)
      yield line({ type: 'entry', ...entry, previous, hash: row.hash })
      if (row.jws) yield line({ type: 'head', jws: row.jws })
      previous = row.hash
      after = row.sequence
    }
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`
}
