import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { numberOf } from '../subscriptions/index.ts'
import { serviceOf } from './jobs.ts'
import * as store from './moderation-store.ts'
import type { ReportedThread, ReportedThreadDetail, ThreadDecision } from './schemas.ts'

type Directory = Pick<Deps, 'directory'>

function toReported(row: store.ReportRow): ReportedThread {
  return {
    report: encodeId(idPrefixes.report, row.id),
    service: { id: serviceOf(row.service_id), service: row.slug, publisher: row.publisher },
    reason: row.reason,
    words: row.words,
    state: row.state,
    decisionReason: row.decision_reason,
    at: row.at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
  }
}

/** Threads that were reported. */
export async function listReportedThreads(
  unit: UnitOfWork,
  deps: Directory,
  query: PageQuery & { show: 'waiting' | 'decided' },
) {
  requireAdmin(unit.actor)
  const after = decodeCursor(query.cursor, z.tuple([z.uuid()]))?.[0]
  const rows = await store.listReports(deps.directory, { ...query, after })
  const page = pageOf(rows, query.limit, (row) => [row.id])
  return { items: page.items.map(toReported), next: page.next }
}

async function requireReport(deps: Directory, report: string): Promise<store.ReportRow> {
  const row = await store.findReport(deps.directory, decodeId(idPrefixes.report, report))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such report.' })
  return row
}

/** A reported thread with its messages as they were delivered. That it was read is in the log of the platform. */
export async function getReportedThread(
  unit: UnitOfWork,
  deps: Directory,
  report: string,
): Promise<z.infer<typeof ReportedThreadDetail>> {
  requireAdmin(unit.actor)
  const row = await requireReport(deps, report)
  const messages = await store.listReportedMessages(deps.directory, row)
  await audit(unit, 'thread.read', { report })
  return {
    ...toReported(row),
    messages: messages.map(({ sender, delivered, at }) => ({
      sender,
      words: delivered,
      at: at.toISOString(),
    })),
  }
}

/** Closes a reported thread for both sides, or dismisses the report, with a reason that is told. */
export async function decideThread(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory' | 'keyring'>,
  report: string,
  { decision, reason }: ThreadDecision,
): Promise<void> {
  requireAdmin(unit.actor)
  const row = await requireReport(deps, report)
  const subscription = encodeId(idPrefixes.subscription, row.subscription_id)
  const state = decision === 'close' ? 'closed' : 'dismissed'
  await withinTenant(unit, { organisation: row.organisation_id, kind: 'operator' }, async (part) => {
    if (!(await store.decideReport(part.tx, row.id, state, reason)))
      throw new ProblemError('conflict', { detail: 'It was decided meanwhile. Load it again.' })
    if (decision === 'close') {
      await store.closeForOperator(part.tx, row.subscription_id, reason)
      part.emit('thread.closed', { subscription, reason })
    }
    await audit(part, `thread.${decision}`, { report, subscription, reason })
    part.emit('thread.report-decided', { report, subscription, decision: state, reason })
  })
  if (decision === 'close')
    await withinTenant(unit, { organisation: row.provider_id, kind: 'provider' }, async (part) => {
      const subscriber = numberOf(deps.keyring, 'subscriber', row.provider_id, row.subscriber_id)
      // Conversations about executions are not named: which of them are this subscriber's is not to be learnt.
      const known = (await store.closeForProvider(part.tx, row.subscriber_id, reason)) ? { subscriber } : {}
      await audit(part, 'thread.close', { ...known, reason })
      part.emit('thread.closed', { ...known, reason })
    })
  await audit(unit, `thread.${decision}`, { report, reason })
}
