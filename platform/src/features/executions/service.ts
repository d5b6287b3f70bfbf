import {
  decodeId,
  encodeId,
  idPrefixes,
  type DatasetName,
  type ExecutionInput,
  type Money,
} from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { findBusinessRows, requireBusiness } from '../businesses/index.ts'
import { isStopped } from '../identity/index.ts'
import { describeReleases } from '../releases/index.ts'
import {
  listPersonalGrants,
  openGrantById,
  requireSubscription,
  type OpenGrant,
} from '../subscriptions/index.ts'
import { executionUuid, openInput } from './input.ts'
import { readClaims } from './receipt.ts'
import { findClosed } from './closed.ts'
import { queueExecution } from './queue.ts'
import { pageOf as pagesOf } from './remote-page.ts'
import { readForProvider } from './remote-read.ts'
import type { Execution, Forecast } from './schemas.ts'
import * as inputs from './input-store.ts'
import * as store from './store.ts'

/** The grant that an execution was run under, as it stood then. */
export function openGrantOf(unit: UnitOfWork, deps: Deps, row: store.ExecutionRow): Promise<OpenGrant> {
  return openGrantById(unit, deps, encodeId(idPrefixes.grant, row.grant_id))
}

async function present(
  unit: UnitOfWork,
  deps: Deps,
  rows: readonly store.ListedExecution[],
): Promise<Execution[]> {
  const releases = await describeReleases(
    deps,
    rows.map((row) => row.release_id),
  )
  const businesses = await findBusinessRows(
    unit,
    rows.map((row) => row.business_id),
  )
  const expiries = await inputs.listInputExpiries(
    unit.tx,
    rows.map((row) => row.subscription_id),
    rows.flatMap((row) => row.input_digest ?? []),
  )
  const personal = await listPersonalGrants(
    unit,
    rows.map((row) => row.grant_id),
  )
  const shown: Execution[] = []
  for (const row of rows) {
    const release = releases.get(row.release_id)
    const expiresAt = row.input_digest ? expiries.get(row.input_digest) : undefined
    shown.push({
      id: encodeId(idPrefixes.execution, row.id),
      subscription: encodeId(idPrefixes.subscription, row.subscription_id),
      business: {
        id: encodeId(idPrefixes.business, row.business_id),
        name: businesses.get(row.business_id)?.name ?? '',
      },
      service: {
        id: encodeId(idPrefixes.service, row.service_id),
        slug: release?.slug ?? '',
        name: release?.manifest.name ?? '',
      },
      release: {
        id: encodeId(idPrefixes.release, row.release_id),
        version: release?.version ?? '',
        digest: release?.digest ?? '',
      },
      grant: encodeId(idPrefixes.grant, row.grant_id),
      state: row.state,
      trigger: row.trigger,
      outcome: row.outcome,
      reason: row.reason,
      attempts: row.attempts,
      queuedAt: row.queued_at.toISOString(),
      startedAt: row.started_at?.toISOString() ?? null,
      finishedAt: row.finished_at?.toISOString() ?? null,
      nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
      durationMs: row.wall_ms,
      cpuMs: row.cpu_ms,
      input: row.input_digest
        ? {
            rows: row.input_rows as Record<string, number>,
            bytes: row.input_bytes ?? 0,
            digest: row.input_digest,
            expiresAt: expiresAt?.toISOString() ?? null,
          }
        : null,
      output: row.output_digest
        ? {
            digest: row.output_digest,
            actions: row.action_count ?? 0,
            recommendations: row.recommendations as NonNullable<Execution['output']>['recommendations'],
            metrics: row.metrics as Record<string, number | Money>,
            dropped: row.dropped as NonNullable<Execution['output']>['dropped'],
          }
        : null,
      error: row.error,
      log: row.log,
      logSharing:
        row.told_as && !personal.has(row.grant_id)
          ? { sharedAt: row.log_shared_at?.toISOString() ?? null }
          : null,
    })
  }
  return shown
}

/** Runs a subscription by hand. Refuses while one of its executions is open. */
export async function runSubscription(unit: UnitOfWork, deps: Deps, id: string): Promise<Execution> {
  requireRole(unit.actor, 'manager')
  const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id))
  if (subscription.state !== 'active')
    throw new ProblemError('subscription-not-active', { detail: `It is ${subscription.state}.` })
  if (await isStopped(unit))
    throw new ProblemError('stopped', { detail: 'Take the stop back to run services.' })
  const closed = (await findClosed(deps, [subscription.release_id])).get(subscription.release_id)
  if (closed !== undefined) throw new ProblemError('subscription-not-active', { detail: closed })
  const row = await queueExecution(unit, subscription, 'hand')
  if (!row) throw new ProblemError('execution-running', { detail: 'Wait until it is finished.' })
  const [execution] = await present(unit, deps, [row])
  return execution as Execution
}

/** Executions of a subscription, newest first. */
export async function listExecutions(unit: UnitOfWork, deps: Deps, subscription: string, query: PageQuery) {
  const { id } = await requireSubscription(unit, decodeId(idPrefixes.subscription, subscription))
  const before = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0]
  const page = pageOf(await store.listExecutions(unit.tx, id, before, query.limit), query.limit, (row) => [
    row.id,
  ])
  return { items: await present(unit, deps, page.items), next: page.next }
}

async function requireExecution(unit: UnitOfWork, id: string): Promise<store.ExecutionRow> {
  const row = await store.findExecution(unit.tx, executionUuid(id))
  if (!row)
    throw new ProblemError('not-found', { detail: 'There is no such execution in your organisation.' })
  return row
}

export async function getExecution(unit: UnitOfWork, deps: Deps, id: string): Promise<Execution> {
  const [execution] = await present(unit, deps, [await requireExecution(unit, id)])
  return execution as Execution
}

/** The signed receipt, and its claims to read. */
export async function getReceipt(unit: UnitOfWork, id: string) {
  const { receipt } = await requireExecution(unit, id)
  if (!receipt)
    throw new ProblemError('execution-not-finished', { detail: 'There is a receipt once it has run.' })
  return {
    jws: receipt,
    claims: readClaims(receipt),
  }
}

/** The figures of the newest successful execution of each service for a business. */
export async function listLatestMetrics(
  unit: UnitOfWork,
  deps: Deps,
  business: string,
): Promise<{ items: z.infer<typeof Forecast>[]; next: null }> {
  const { id } = await requireBusiness(unit, business)
  const rows = await store.listLatestOf(unit.tx, id)
  const releases = await describeReleases(
    deps,
    rows.map((row) => row.release_id),
  )
  const items = rows.map((row) => {
    const release = releases.get(row.release_id)
    return {
      execution: encodeId(idPrefixes.execution, row.id),
      service: { slug: release?.slug ?? '', name: release?.manifest.name ?? '' },
      asOf: (row.frozen_at ?? row.queued_at).toISOString(),
      metrics: (row.metrics ?? {}) as Record<string, number | Money>,
    }
  })
  return { items, next: null }
}

/** Pages of an input as it was delivered: the text of the rows is the very text of the kept bytes. */
export async function readDelivered(
  deps: Deps,
  actor: Actor,
  asked: { grant: string; execution: string; dataset: DatasetName },
  page: PageQuery,
): Promise<string> {
  if (actor.grant) return readForProvider(deps, actor, asked, page)
  const { row, content } = await withUnitOfWork(deps, actor, async (unit) => {
    const found = await requireExecution(unit, asked.execution)
    if (encodeId(idPrefixes.grant, found.grant_id) !== asked.grant)
      throw new ProblemError('not-found', { detail: 'The execution is of another grant.' })
    return {
      row: found,
      content: found.input_digest
        ? await inputs.findInput(unit.tx, found.subscription_id, found.input_digest)
        : undefined,
    }
  })
  const text =
    row.input_digest && content ? await openInput(deps.keyring, content, row.input_digest) : undefined
  if (text === undefined)
    throw new ProblemError('no-open-execution', { detail: 'No input of this execution is kept any more.' })
  return pagesOf((JSON.parse(text) as ExecutionInput).data[asked.dataset] ?? [], page)
}

/** The newest figures of a service for a business (UUID) that hold this one. */
export async function findLatestMetrics(unit: UnitOfWork, business: string, metric: string) {
  const rows = await store.listLatestOf(unit.tx, business)
  const found = rows.find((row) => Object.hasOwn(row.metrics ?? {}, metric))
  return (
    found && {
      execution: found.id,
      asOf: found.frozen_at ?? found.queued_at,
      metrics: found.metrics as Record<string, number | Money>,
    }
  )
}

const fruitlessDays = 7

/** Executions whose proposals were all dropped, where none of the subscription came since. */
export async function listFruitless(unit: UnitOfWork, deps: Deps, limit: number): Promise<Execution[]> {
  const since = new Date(Date.now() - fruitlessDays * 86_400_000)
  return present(unit, deps, await store.listFruitless(unit.tx, since, limit))
}
