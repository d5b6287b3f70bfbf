import { createHash } from 'node:crypto'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { sql } from 'kysely'
import type { Deps } from '../src/deps.ts'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../src/db/unit-of-work.ts'
import { auditAll } from '../src/features/audit/index.ts'

/** What runs for one operator on a day. */
export interface Run {
  /** As on the wire. */
  organisation: string
  at: number
  services: Ran[]
}

export interface Ran {
  /** As on the wire. */
  subscription: string
  service: string
  /** Executions that succeed, and for each how many actions of it are carried out. */
  actions: number[]
  /** Of an earlier run of it: when, and how many of its actions are taken back now. */
  undone: { at: number; count: number }
}

interface Row {
  id: string
  business_id: string
  provider_id: string
  service_id: string
  grant_id: string
  release_id: string
  subscriber_id: string
}

/**
 * Settles executions and carries actions out, as rows and as the events that settling and carrying out emit, in one unit:
 * whatever follows from them (metering, caps, what may be charged) is the platform's own. Nothing of a provider's runs.
 * What is paused, resting or capped does not run. Done again it changes nothing. Answers how many executions there were.
 */
export function runServices(deps: Deps, { organisation, at, services }: Run): Promise<number> {
  const actor = systemActor(decodeId('org', organisation))
  return withUnitOfWork(deps, actor, async (unit) => {
    const standing = await listStanding(unit, services)
    let count = 0
    for (const ran of services) {
      const row = standing.get(decodeId('sub', ran.subscription))
      if (row) count += await runOne(unit, row, ran, at)
    }
    return count
  })
}

async function listStanding(unit: UnitOfWork, services: readonly Ran[]): Promise<Map<string, Row>> {
  const ids = services.map(({ subscription }) => decodeId('sub', subscription))
  const { rows } = await sql<Row>`
    select id, business_id, provider_id, service_id, grant_id, release_id, subscriber_id from bizq.subscriptions
    where organisation_id = ${unit.actor.organisation} and id = any (${ids}::uuid[]) and state = 'active'
      and bizq.held_back(organisation_id, business_id, id) is null`.execute(unit.tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** The same id for the same thing, however often it is done. */
function idOf(...parts: (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

async function runOne(unit: UnitOfWork, row: Row, ran: Ran, at: number): Promise<number> {
  const ids = ran.actions.map((_, n) => idOf('execution', row.id, at, n))
  const made = await insertExecutions(unit, row, ids, at)
  await auditAll(
    unit,
    'execution.finish',
    made.map((id) => ({ execution: encodeId(idPrefixes.execution, id), outcome: 'succeeded' })),
  )
  const wire = {
    subscription: ran.subscription,
    business: encodeId(idPrefixes.business, row.business_id),
  }
  for (const id of made)
    unit.emit('execution.finished', {
      ...wire,
      execution: encodeId(idPrefixes.execution, id),
      state: 'succeeded',
      outcome: 'succeeded',
      actions: ran.actions[ids.indexOf(id)] ?? 0,
      dropped: 0,
    })
  const action = { ...wire, type: 'invoice.remind' as const }
  for (const id of await insertActions(unit, row, ran, made, ids, at))
    unit.emit('action.applied', {
      ...action,
      action: encodeId(idPrefixes.action, id),
      state: 'applied',
      effect: encodeId(idPrefixes.effect, id),
    })
  for (let n = 0; n < ran.undone.count; n++) {
    const id = idOf('action', row.id, ran.undone.at, 0, n)
    unit.emit('action.undone', {
      ...action,
      action: encodeId(idPrefixes.action, id),
      state: 'undone',
      effect: encodeId(idPrefixes.effect, id),
    })
  }
  return made.length
}

async function insertExecutions(unit: UnitOfWork, row: Row, ids: readonly string[], at: number) {
  const when = new Date(at)
  const { rows } = await sql<{ id: string }>`
    insert into bizq.executions (organisation_id, id, business_id, subscription_id, grant_id, service_id, provider_id, release_id,
      subscriber_id, state, trigger, outcome, attempts, queued_at, started_at, finished_at, action_count, wall_ms)
    select ${unit.actor.organisation}::uuid, e.id, ${row.business_id}::uuid, ${row.id}::uuid, ${row.grant_id}::uuid, ${row.service_id}::uuid,
      ${row.provider_id}::uuid, ${row.release_id}::uuid, ${row.subscriber_id}::uuid, 'succeeded', 'schedule', 'succeeded', 1,
      ${when}::timestamptz, ${when}::timestamptz, ${when}::timestamptz, 0, 20
    from unnest(${ids}::uuid[]) as e (id) on conflict do nothing returning id`.execute(unit.tx)
  return rows.map(({ id }) => id)
}

async function insertActions(
  unit: UnitOfWork,
  row: Row,
  ran: Ran,
  made: readonly string[],
  executions: readonly string[],
  at: number,
): Promise<string[]> {
  const wanted = executions.flatMap((execution, i) =>
    made.includes(execution)
      ? Array.from({ length: ran.actions[i] ?? 0 }, (_, n) => ({
          id: idOf('action', row.id, at, i, n),
          execution,
        }))
      : [],
  )
  if (wanted.length === 0) return []
  const when = new Date(at)
  await sql`
    insert into bizq.actions (organisation_id, id, business_id, subscription_id, service_id, service_slug, service_name, release_id,
      release_version, provider_id, subscriber_id, execution_id, type, target, parameters, state, confidence, risk, is_claim_disputed,
      outcome, may_bulk, reasons, because, granted, target_version, proposed_at, expires_at, decided_at, decided_by, decision)
    select ${unit.actor.organisation}::uuid, a.id, ${row.business_id}::uuid, ${row.id}::uuid, ${row.service_id}::uuid, ${ran.service},
      ${ran.service}, ${row.release_id}::uuid, '1.0.0', ${row.provider_id}::uuid, ${row.subscriber_id}::uuid, a.execution, 'invoice.remind',
      a.id::text, '{}', 'applied', 1, 'low', false, 'auto', true, '[]', '[]', '{}', '', ${when}::timestamptz,
      ${when}::timestamptz + interval '14 days', ${when}::timestamptz, 'policy', 'approve'
    from json_to_recordset(${JSON.stringify(wanted)}::json) as a (id uuid, execution uuid)`.execute(unit.tx)
  return wanted.map(({ id }) => id)
}
