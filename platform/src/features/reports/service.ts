import {
  decodeId,
  encodeId,
  idPrefixes,
  type ProviderReport,
  type ReportHistory,
  type ReportInput,
} from '@bizq/sdk/contract'
import { unscaleMoney } from '@bizq/sdk/contract/host'
import type { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { askForReport, isMoney, scaleSettings, type Asked } from '../executions/index.ts'
import { isStopped } from '../identity/index.ts'
import {
  openGrantById,
  requireSubscription,
  type OpenGrant,
  type SubscriptionRow,
} from '../subscriptions/index.ts'
import { historyOf, rowsOf, toldOf } from './history.ts'
import { measuredFrom } from './measure.ts'
import { ownReport } from './own.ts'
import type { MonthlyReport } from './schemas.ts'
import * as store from './store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'report.made': { report: string; subscription: string; business: string; month: string }
  }
}

const exact = 1_000

function toReport(row: store.ReportRow): z.infer<typeof MonthlyReport> {
  const { kpis, ...rest } = row.report
  return {
    id: encodeId(idPrefixes.monthlyReport, row.id),
    subscription: encodeId(idPrefixes.subscription, row.subscription_id),
    month: row.month,
    source: row.source,
    version: row.version,
    problem: row.problem,
    kpis: kpis.map((kpi) => ({ name: kpi.name, value: kpi.value, change: kpi.change ?? null })),
    ...rest,
    madeAt: row.made_at.toISOString(),
  }
}

/** The reports of a subscription, newest month first. */
export async function listReports(
  unit: UnitOfWork,
  subscription: string,
): Promise<z.infer<typeof MonthlyReport>[]> {
  const { id } = await requireSubscription(unit, decodeId(idPrefixes.subscription, subscription))
  return (await store.listReports(unit.tx, id)).map(toReport)
}

interface Month {
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

function monthOf(month: string): Month {
  const first = Temporal.PlainYearMonth.from(month)
  return { from: first.toPlainDate({ day: 1 }), to: first.toPlainDate({ day: first.daysInMonth }) }
}

/** The time of a month in the business's zone. */
function within({ from, to }: Month, timeZone: string): { from: Date; until: Date } {
  const at = (day: Temporal.PlainDate) => new Date(day.toZonedDateTime(timeZone).epochMilliseconds)
  return { from: at(from), until: at(to.add({ days: 1 })) }
}

interface Ground {
  subscription: SubscriptionRow
  grant: OpenGrant
  business: BusinessRow
  history: ReportHistory
  before: ReportHistory
  /** What the service is given; nothing where it must not be asked. */
  input: ReportInput | undefined
}

/** Whether the service reads itself what is measured. */
function mayMeasure({ consent }: OpenGrant): boolean {
  const read: readonly string[] = consent.fields.invoices ?? []
  return measuredFrom.every((field) => read.includes(field))
}

async function openGround(
  deps: Deps,
  unit: UnitOfWork,
  subscription: SubscriptionRow,
  month: string,
): Promise<Ground> {
  const business = await requireBusinessRow(unit, subscription.business_id)
  const grant = await openGrantById(unit, deps, encodeId(idPrefixes.grant, subscription.grant_id))
  const period = monthOf(month)
  const earlier = monthOf(Temporal.PlainYearMonth.from(month).subtract({ months: 1 }).toString())
  const rows = await rowsOf(unit, subscription, within(period, business.time_zone))
  const before = historyOf(await rowsOf(unit, subscription, within(earlier, business.time_zone)))
  const isClosed = ['suspended', 'withdrawn'].includes(grant.release.state)
  const isFenced = business.fenced_at !== null
  const mayAsk = subscription.state === 'active' && !isClosed && !isFenced && !(await isStopped(unit))
  const input = mayAsk
    ? {
        period: { from: period.from.toString(), to: period.to.toString() },
        history: toldOf(rows, { factor: grant.factor, mayMeasure: mayMeasure(grant) }),
        settings: scaleSettings(subscription.settings ?? {}, grant.factor) as ReportInput['settings'],
      }
    : undefined
  return { subscription, grant, business, history: historyOf(rows), before, input }
}

/** Takes the scale back: what a service says of money is exact again before anybody reads it. */
function unmasked(report: ProviderReport, factor: number): ProviderReport {
  if (factor === exact) return report
  return {
    ...report,
    kpis: report.kpis.map((kpi) => ({
      ...kpi,
      value: isMoney(kpi.value) ? unscaleMoney(kpi.value, factor) : kpi.value,
    })),
    savings: report.savings.map(({ what, amount }) => ({ what, amount: unscaleMoney(amount, factor) })),
  }
}

/** A month that has begun, and in which there was something to tell. */
function requireMonth(month: string, subscription: SubscriptionRow, timeZone: string): void {
  const begun = Temporal.Now.plainDateISO(timeZone).toPlainYearMonth()
  const since = subscription.created_at
    .toTemporalInstant()
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toPlainYearMonth()
  const asked = Temporal.PlainYearMonth.from(month)
  const { compare } = Temporal.PlainYearMonth
  if (compare(asked, begun) > 0 || compare(asked, since) < 0)
    throw new ProblemError('invalid-request', {
      detail: 'There is nothing to report of this month.',
      errors: [{ pointer: '/month', detail: `must be between ${since.toString()} and ${begun.toString()}` }],
    })
}

export interface Making {
  subscription: string
  month: string
}

type Settling = <T>(work: (unit: UnitOfWork) => Promise<T>) => Promise<T>

/** Makes the report of a month: asks the service, and where it says nothing that can be taken, tells it in the platform's words. */
export async function makeReport(
  deps: Deps,
  actor: Actor,
  { subscription: id, month }: Making,
  settling: Settling = (work) => withUnitOfWork(deps, actor, work),
): Promise<z.infer<typeof MonthlyReport>> {
  requireRole(actor, 'manager')
  const ground = await withUnitOfWork(deps, actor, async (unit) => {
    const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id))
    const { time_zone: timeZone } = await requireBusinessRow(unit, subscription.business_id)
    requireMonth(month, subscription, timeZone)
    return openGround(deps, unit, subscription, month)
  })
  const { grant, business, input } = ground
  const asked =
    input && (await askForReport(deps, { grant, business, service: grant.release.service, input }))
  return settling((unit) => keep(unit, ground, month, asked))
}

async function keep(
  unit: UnitOfWork,
  { subscription, grant, history, before }: Ground,
  month: string,
  asked: Asked | undefined,
): Promise<z.infer<typeof MonthlyReport>> {
  const isOwn = asked && 'report' in asked
  const row = await store.saveReport(unit.tx, {
    organisation: unit.actor.organisation,
    subscription: subscription.id,
    business: subscription.business_id,
    month,
    version: grant.release.version,
    source: isOwn ? 'service' : 'platform',
    report: isOwn ? unmasked(asked.report, grant.factor) : ownReport(history, before),
    problem: asked && 'problem' in asked ? asked.problem : null,
  })
  const told = {
    report: encodeId(idPrefixes.monthlyReport, row.id),
    subscription: encodeId(idPrefixes.subscription, subscription.id),
    business: encodeId(idPrefixes.business, subscription.business_id),
    month,
  }
  await audit(unit, 'report.make', told)
  unit.emit('report.made', told)
  return toReport(row)
}

/** What the reports of these subscriptions (UUIDs) since an instant's month say that they saved, by currency. */
export async function listSavings(
  unit: UnitOfWork,
  subscriptions: readonly string[],
  since: Date,
): Promise<Map<string, { amount: number; currency: string }[]>> {
  const rows = await store.sumSavings(unit.tx, subscriptions, since.toISOString().slice(0, 7))
  return new Map(
    [...Map.groupBy(rows, (row) => row.subscription_id)].map(([id, each]) => [
      id,
      each.map(({ amount, currency }) => ({ amount: Number(amount), currency })),
    ]),
  )
}
