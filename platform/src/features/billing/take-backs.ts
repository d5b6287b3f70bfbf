import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Period } from '../ledger/index.ts'
import * as charges from './charge-store.ts'
import * as invoices from './invoice/store.ts'
import {
  takeBackFrom,
  takeBackOf,
  takeBackSpan,
  unusedOf,
  type PaidAhead,
  type TakeBack,
} from './invoice/take-back.ts'

function aheadOf(line: invoices.LineRow): PaidAhead {
  return {
    id: line.id,
    kind: line.kind === 'plan' ? 'plan' : 'monthly',
    span: { from: line.from_at, to: line.to_at },
    amount: BigInt(line.amount),
    refunded: BigInt(line.refunded),
  }
}

/** What was asked ahead for subscriptions that ended before their time: given back as account credit. */
export async function takeBackEnded(
  unit: UnitOfWork,
  subscriptions: readonly string[],
  now: Date,
  because: 'cancelled' | 'changed' | 'resting' | 'suspended',
): Promise<void> {
  const lines = await invoices.listLinesAhead(unit.tx, subscriptions, now)
  const cut = await invoices.listCut(
    unit.tx,
    lines.map(({ id }) => id),
  )
  for (const row of lines) {
    const line = aheadOf(row)
    const hasRun = await hasRunWithin(unit, row, { from: row.from_at, to: now })
    // Before it ran it may still run under its new price; what never ran is given back whole where it ends for good.
    const taken = takeBackOf(line, { endedAt: now, because, hasRun: hasRun || because === 'changed' })
    // What a line is for ended once; what was charged after that is in no line ahead.
    const isCut = taken?.cause !== 'no_execution' && cut.has(row.id)
    if (taken && !isCut) await invoices.insertTakeBack(unit.tx, unit.actor.organisation, taken, now)
  }
}

/** At a period's end: what was asked ahead for it of which no execution succeeded is given back. */
export async function takeBackIdle(unit: UnitOfWork, boundary: Date, previous: Period): Promise<void> {
  for (const row of await invoices.listLinesEnding(unit.tx, previous.from, boundary)) {
    const hasRun = await hasRunWithin(unit, row, { from: row.from_at, to: row.to_at })
    const taken = takeBackOf(aheadOf(row), { endedAt: null, because: 'cancelled', hasRun })
    if (taken) await invoices.insertTakeBack(unit.tx, unit.actor.organisation, taken, boundary)
  }
}

async function hasRunWithin(unit: UnitOfWork, row: invoices.LineRow, span: Period): Promise<boolean> {
  const id = row.subscription_id ?? ''
  return (await charges.listActiveWithin(unit.tx, [id], span.from, span.to)).has(id)
}

/** What of the period's plan lines is for the time after an instant. */
export async function unusedPlan(unit: UnitOfWork, period: Period, after: Date): Promise<bigint> {
  const rows = await invoices.listPlanLines(unit.tx, period.from)
  const given = await invoices.listDowngrades(
    unit.tx,
    rows.map(({ id }) => id),
  )
  const paid = rows.map(aheadOf).map((line) => unusedOf(line, after))
  // A smaller plan gave the difference back for the rest of the period: it is not there to be used again.
  const returned = given.map(({ amount, at }) =>
    unusedOf({ amount: BigInt(amount), span: { from: at, to: period.to } }, after),
  )
  const left = rows.reduce((sum, row) => sum + BigInt(row.amount) - BigInt(row.refunded), 0n)
  const unused = [...paid, ...returned.map((each) => -each)].reduce((sum, each) => sum + each, 0n)
  return unused < left ? unused : left
}

/** A smaller plan: the difference for the rest of the period, from the plan's lines. */
export async function takeBackPlan(
  unit: UnitOfWork,
  period: Period,
  amount: bigint,
  now: Date,
): Promise<void> {
  const lines = (await invoices.listPlanLines(unit.tx, period.from)).map(aheadOf)
  for (const taken of takeBackFrom(lines, amount, 'downgrade'))
    await invoices.insertTakeBack(unit.tx, unit.actor.organisation, taken, now)
}

/** Time in which an account was paused is not sold: what was asked for it is given back, of the plan and of services. */
export async function takeBackPaused(unit: UnitOfWork, period: Period, paused: Period): Promise<void> {
  const keep = (taken: TakeBack) =>
    invoices.insertTakeBack(unit.tx, unit.actor.organisation, taken, paused.to)
  const amount = (await unusedPlan(unit, period, paused.from)) - (await unusedPlan(unit, period, paused.to))
  const lines = (await invoices.listPlanLines(unit.tx, period.from)).map(aheadOf)
  for (const taken of takeBackFrom(lines, amount, 'paused')) await keep(taken)
  for (const { stood_until: until, ...row } of await invoices.listLinesPaused(unit.tx, paused.from)) {
    const to = until < paused.to ? until : paused.to
    const taken = to > paused.from ? takeBackSpan(aheadOf(row), { from: paused.from, to }) : undefined
    if (taken) await keep(taken)
  }
}
