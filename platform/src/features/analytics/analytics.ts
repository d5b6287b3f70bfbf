import { ActionType } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { listOwnReleases, requireOwnService } from '../releases/index.ts'
import * as store from './figure-store.ts'
import { releaseUuid } from './own-releases.ts'
import type { Analytics, AnalyticsQuery } from './schemas.ts'
import * as subscribers from './subscriber-store.ts'
import { sumOf } from './subscribers.ts'
import { decisionFigures, endingFigures, executionFigures } from './summary.ts'
import { leastSubscribers, toldParts } from './told.ts'

type Answer = z.infer<typeof Analytics>
type Rows = readonly store.FigureRow[]
const mostWords = 50

/** What the market makes of a service of the provider's own, over the days that are over, beside the same number of days before. */
export async function getAnalytics(
  unit: UnitOfWork,
  service: string,
  { days }: AnalyticsQuery,
): Promise<Answer> {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireOwnService(unit, service)
  const period = await store.findPeriod(unit.tx, Number(days))
  const rows = await store.listFigures(unit.tx, id, period.from, period.to)
  const earlier = await store.listFigures(unit.tx, id, period.beforeFrom, period.before)
  const words = await store.listEndingWords(unit.tx, id, period.from, period.to, mostWords)
  return {
    period: { from: period.from, to: period.to, days: Number(days) },
    before: { from: period.beforeFrom, to: period.before },
    subscribers: await subscriberFigures(unit, id, period),
    executions: { now: executionFigures(rows), before: executionFigures(earlier) },
    decisions: { now: decisionFigures(rows), before: decisionFigures(earlier) },
    endings: { now: endingFigures(rows), before: endingFigures(earlier), words },
    releases: await releaseFigures(unit, service, id, rows),
    types: [...Map.groupBy(decided(rows), (row) => row.part)].map(([type, own]) => ({
      type: ActionType.parse(type),
      decisions: decisionFigures(own),
    })),
    blocks: blocksFor(rows),
  }
}

const decided = (rows: Rows) => rows.filter((row) => row.kind === 'decisions')

async function subscriberFigures(
  unit: UnitOfWork,
  service: string,
  period: { from: string; to: string; before: string; beforeFrom: string },
): Promise<Answer['subscribers']> {
  const active = sumOf(await subscribers.countActive(unit.tx, service))
  if (active < leastSubscribers) return null
  const now = await subscribers.countMoves(unit.tx, service, period.from, period.to)
  const before = await subscribers.countMoves(unit.tx, service, period.beforeFrom, period.before)
  return { active, now, before }
}

async function releaseFigures(
  unit: UnitOfWork,
  service: string,
  id: string,
  rows: Rows,
): Promise<Answer['releases']> {
  const active = await subscribers.countActive(unit.tx, id)
  const told = toldParts(active)
  const byRelease = Map.groupBy(rows, (row) => row.release_id ?? '')
  return (await listOwnReleases(unit, service)).flatMap((release) => {
    const uuid = releaseUuid(release.id)
    const own = byRelease.get(uuid) ?? []
    const isRun = active.has(uuid) || own.length > 0
    if (!isRun) return []
    return {
      release: release.id,
      version: release.version,
      subscribers: told.has(uuid) ? (active.get(uuid) ?? 0) : null,
      executions: executionFigures(own),
      decisions: decisionFigures(own),
    }
  })
}

/** The told blocks of all releases by the day on which they closed, for a chart. */
function blocksFor(rows: Rows): Answer['blocks'] {
  return [...Map.groupBy(rows, (row) => row.to_day)].flatMap(([to, own]) => {
    const executions = executionFigures(own)
    const decisions = decisionFigures(own)
    if (!executions && !decisions) return []
    const from = own.map((row) => row.from_day).sort()[0] ?? to
    return {
      from,
      to,
      executions: executions?.executions ?? null,
      successRate: executions?.successRate ?? null,
      p50Ms: executions?.p50Ms ?? null,
      p95Ms: executions?.p95Ms ?? null,
      accepted: decisions?.accepted ?? null,
      edited: decisions?.edited ?? null,
      rejected: decisions?.rejected ?? null,
      undone: decisions?.undone ?? null,
    }
  })
}
