import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type DomainEvent, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import { countWaitingActions } from '../actions/index.ts'
import { findLatestMetrics } from '../executions/index.ts'
import { requireBusiness, requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { insightOf, pastCash, weeksAhead, type Insight } from './figures.ts'
import * as store from './store.ts'

function todayIn(timeZone: string): string {
  return Temporal.Now.plainDateISO(timeZone).toString()
}

/** Computes what a business comes to today and keeps it. */
export async function refreshInsight(unit: UnitOfWork, business: BusinessRow): Promise<Insight> {
  const today = todayIn(business.time_zone)
  const { currency, id } = business
  const since = Temporal.PlainYearMonth.from(today.slice(0, 7))
    .subtract({ months: 12 })
    .toPlainDate({ day: 1 })
    .toString()
  const basis = (await store.hasAccruals(unit.tx, id)) ? 'accrual' : 'cash'
  const insight = insightOf({
    currency,
    basis,
    today,
    months: await store.listMonths(unit.tx, id, currency, since, basis),
    weeks: await store.listWeeklyCash(unit.tx, id, currency, since),
    cash: await store.findCash(unit.tx, id, currency),
    ageing: await store.listAgeing(unit.tx, id, currency, today),
  })
  await store.saveInsight(unit.tx, business.organisation_id, id, today, insight)
  return insight
}

/** What a business comes to, computed anew when a day has passed. */
export async function getInsight(unit: UnitOfWork, id: string): Promise<Insight> {
  const business = await requireBusiness(unit, id)
  const [kept] = await store.listInsights(unit.tx, [business.id])
  if (kept && kept.day === todayIn(business.time_zone)) return kept.body as Insight
  return refreshInsight(unit, business)
}

/** What every business comes to, as it was last computed. */
export async function listPortfolio(unit: UnitOfWork) {
  const rows = await store.listInsights(unit.tx)
  const waiting = await countWaitingActions(unit)
  const items = rows.map((row) => {
    const { months, revenue, margin, growth, runwayWeeks, health, cash, currency } = row.body as Insight
    return {
      business: encodeId(idPrefixes.business, row.business_id),
      computedAt: row.computed_at.toISOString(),
      currency,
      revenue,
      margin,
      growth,
      cash,
      runwayWeeks,
      health,
      openActions: waiting.get(row.business_id) ?? 0,
      months: months.map(({ month, income, profit }) => ({ month, income, profit })),
    }
  })
  return { items, next: null }
}

/** The 13 weeks ahead as a subscribed service last saw them, after the weeks behind; no weeks ahead without such a service. */
export async function getCashForecast(unit: UnitOfWork, id: string) {
  const business = await requireBusiness(unit, id)
  const insight = await getInsight(unit, id)
  const found = await findLatestMetrics(unit, business.id, 'forecast.1.mid')
  return {
    currency: business.currency,
    execution: found ? encodeId(idPrefixes.execution, found.execution) : null,
    asOf: found?.asOf.toISOString() ?? null,
    past: pastCash(insight),
    weeks: found ? weeksAhead(found.metrics, found.asOf, business) : [],
  }
}

/** Computes a business anew after its data changed. */
export const refreshInsightsJob = defineJob<{ organisation: string; business: string }>(
  'insights.refresh',
  async (deps: Deps, payloads) => {
    for (const { organisation, business } of payloads) {
      await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
        await refreshInsight(unit, await requireBusinessRow(unit, business))
      })
    }
  },
  { queue: { policy: 'short' }, batchSize: 5 },
)

const changes = new Set([
  'import.finished',
  'import.undone',
  'record.changed',
  'action.applied',
  'action.undone',
])

/** Listens for changes of data. */
export async function refreshOnChange(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if (!changes.has(event.type)) return
  const { business } = event.payload as { business?: string }
  if (!business) return
  const id = decodeId(idPrefixes.business, business)
  await enqueue(
    unit,
    refreshInsightsJob,
    { organisation: unit.actor.organisation, business: id },
    { key: id },
  )
}
