import { encodeId, decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { accountNow, ensureAccount, lockAccount, type Account } from './account.ts'
import { listServedBusinesses } from './account-store.ts'
import { beginPeriod } from './boundary.ts'
import { buildChange } from './change.ts'
import type { BuiltInvoice } from './invoice/build.ts'
import { listCurrencies, loadRates, nextBoundary } from './invoice/facts.ts'
import { freeLinesOf } from './launch.ts'
import { divide, requireKeepable } from './limits.ts'
import { isPausing, plans } from './plans.ts'
import { money } from './present.ts'
import { foreseeResuming } from './resuming.ts'
import type { PlanChoice, PlanPreview, Resuming } from './schemas.ts'
import { choosePlan, priceIn, requireBiller, requireCurrency } from './service.ts'
import { foreseeCredit, tryOut } from './try-out.ts'

type Choice = z.infer<typeof PlanChoice>

interface Line {
  description: string
  amount: bigint
}

/** What is due at once, line by line, or given back later. */
interface Due {
  lines: Line[]
  now: bigint
  back: bigint
}

/** What choosing a plan would come to, before it is chosen: by the very code that invoices it. */
export async function previewPlan(
  deps: Deps,
  actor: Actor,
  choice: Choice,
): Promise<z.infer<typeof PlanPreview>> {
  requireBiller(actor)
  const { account, now } = await withUnitOfWork(deps, actor, async (unit) => {
    const found = await ensureAccount(unit)
    await requireKeepable(
      unit,
      choice.plan,
      choice.keep?.map((id) => decodeId(idPrefixes.business, id)),
    )
    return { account: found, now: accountNow(unit, found) }
  })
  const currency = requireCurrency(account, choice.currency)
  const rates = await loadRates(deps, ['USD'], currency, now)
  const due = isRestart(account)
    ? await dueOfRestart(deps, actor, choice, now)
    : await tryOut(deps, actor, async (unit) => {
        await foreseeCredit(unit, deps, { isOpenPaid: false })
        return dueOfChange(unit, deps, { account, plan: choice.plan, currency, rates }, now)
      })
  const resuming = await foreseeResuming(deps, actor, account, (unit) => choosePlan(unit, choice))
  return withUnitOfWork(deps, actor, async (unit) => {
    const kept = choice.keep?.map((id) => decodeId(idPrefixes.business, id)) ?? account.kept_businesses
    const { run, rest } = divide(await listServedBusinesses(unit.tx), choice.plan, kept)
    const named = (rests: boolean) => (each: { id: string; name: string }) => ({
      id: encodeId(idPrefixes.business, each.id),
      name: each.name,
      rests,
    })
    return {
      plan: choice.plan,
      from: account.plan,
      effectiveAt: (account.state === 'trialing' ? account.trial_ends_at : now).toISOString(),
      dueNow: money(due.now, currency),
      isBeforeTax: deps.config.stripe.hasTax,
      creditLater: due.back > 0n ? money(due.back, currency) : null,
      lines: [...due.lines, ...periodLines(resuming?.built)].map(({ description, amount }) => ({
        description,
        amount: money(amount, currency),
      })),
      resuming: resuming && withChange(resuming.shown, due.now),
      nextMonthly: money(priceIn(choice.plan, currency, rates), currency),
      limit: plans[choice.plan].businesses,
      businesses: [...run.map(named(false)), ...rest.map(named(true))],
    }
  })
}

const withChange = (shown: z.infer<typeof Resuming>, due: bigint): z.infer<typeof Resuming> => ({
  ...shown,
  sum: { ...shown.sum, amount: shown.sum.amount + Number(due) },
})

const periodLines = (built: BuiltInvoice | undefined): Line[] =>
  built ? [...restartLines(built), ...creditLines(built)] : []

/** On no plan any more: choosing one begins a first period at once. */
const isRestart = ({ state }: Account): boolean => isPausing(state) && state !== 'paused'

async function dueOfChange(
  unit: UnitOfWork,
  deps: Deps,
  { account, ...next }: Omit<Parameters<typeof buildChange>[2], 'from'>,
  now: Date,
): Promise<Due> {
  const none = { lines: [], now: 0n, back: 0n }
  const { state, plan: from } = account
  if (state === 'trialing' || from === null || from === next.plan) return none
  const made = await buildChange(unit, deps, { account, from, ...next }, now)
  if (!made) return none
  const lines = [
    { description: 'The new plan for the rest of the period', amount: made.amount },
    { description: 'Not used of the present plan', amount: -made.unused },
  ]
  return {
    lines: [...lines, ...(made.built ? creditLines(made.built) : [])],
    now: made.built?.card ?? 0n,
    back: made.back,
  }
}

const creditLines = ({ used, free }: BuiltInvoice): Line[] =>
  [
    { description: 'Paid by the plan’s service credit', amount: -used.service },
    { description: 'Paid by granted credit', amount: -used.granted },
    { description: 'Paid by BizQ for a new service', amount: -free },
    { description: 'Paid by your account credit', amount: -used.account },
  ].filter(({ amount }) => amount !== 0n)

/** Does what choosing the plan does up to its first invoice, looks at that, and takes all of it back. */
async function dueOfRestart(deps: Deps, actor: Actor, choice: Choice, now: Date): Promise<Due> {
  const asked = await tryOut(deps, actor, async (unit) => {
    await choosePlan(unit, choice)
    const account = await lockAccount(unit)
    return { to: account.currency ?? 'USD', from: await listCurrencies(unit, account) }
  })
  const rates = await loadRates(deps, asked.from, asked.to, now)
  const isFree = await freeLinesOf(deps, actor.organisation, now)
  const built = await tryOut(deps, actor, async (unit) => {
    await choosePlan(unit, choice)
    const account = await lockAccount(unit)
    await foreseeCredit(unit, deps, { isOpenPaid: false })
    const boundary = nextBoundary(account, choice.plan)
    return (await beginPeriod(unit, deps, { account, boundary, rates, isFree })).built
  })
  return { lines: periodLines(built), now: built.card, back: 0n }
}

function restartLines({ lines }: BuiltInvoice): Line[] {
  const sumOf = (kind: BuiltInvoice['lines'][number]['kind']) =>
    lines.filter((line) => line.kind === kind).reduce((sum, { gross }) => sum + gross, 0n)
  const off = new Map<string, bigint>()
  for (const { discounts } of lines)
    for (const { name, amount } of discounts) off.set(name, (off.get(name) ?? 0n) + BigInt(amount))
  return [
    { description: 'The first month', amount: sumOf('plan') },
    { description: 'Services for the month ahead', amount: sumOf('monthly') },
    { description: 'Services until now', amount: sumOf('catch-up') },
    { description: 'Use until now', amount: sumOf('usage') },
    ...[...off].map(([description, amount]) => ({ description, amount: -amount })),
  ].filter(({ amount }) => amount !== 0n)
}
