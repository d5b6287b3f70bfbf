import type { z } from '@hono/zod-openapi'
import type { Actor, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { accountNow, isEnding, lockAccount, type Account } from './account.ts'
import { beginPeriod, endPeriod } from './boundary.ts'
import type { BuiltInvoice } from './invoice/build.ts'
import { listCurrencies, loadRates, nextBoundary } from './invoice/facts.ts'
import { isOver, resumeAccount } from './invoice/paid.ts'
import { listUnpaid } from './invoice/store.ts'
import { freeLinesOf } from './launch.ts'
import { money } from './present.ts'
import type { Resuming } from './schemas.ts'
import { foreseeCredit, tryOut } from './try-out.ts'

type Before = (unit: UnitOfWork) => Promise<void>

/**
 * What it comes to that a paused account goes on: what is open, and the invoice of the period that begins with the
 * payment when its own ended meanwhile, or the last one of a plan that was ended, by the very code that writes it. Null for
 * accounts that are not paused.
 */
export async function foreseeResuming(
  deps: Deps,
  actor: Actor,
  account: Account,
  before: Before = async () => {},
): Promise<{ shown: z.infer<typeof Resuming>; built: BuiltInvoice | undefined } | null> {
  if (account.state !== 'paused' || !account.currency) return null
  const currency = account.currency
  const asked = await tryOut(deps, actor, async (unit) => {
    const unpaid = await listUnpaid(unit.tx)
    const open = unpaid.reduce((sum, { card, tax }) => sum + card + tax, 0)
    await before(unit)
    const { now } = await goOn(unit)
    const paused = await lockAccount(unit)
    return { open, now, from: await listCurrencies(unit, paused), endsAt: paused.ends_at }
  })
  const built = isOver(account, asked.now)
    ? await buildNext(deps, actor, { ...asked, to: currency, before })
    : undefined
  const sum = BigInt(asked.open) + (built?.card ?? 0n)
  return {
    built,
    shown: {
      open: money(asked.open, currency),
      period: built ? money(built.card, currency) : null,
      sum: money(sum, currency),
      beginsAnewAfter: asked.endsAt ? null : account.period_end.toISOString(),
      isBeforeTax: deps.config.stripe.hasTax,
    },
  }
}

/** As if everything were paid this moment. */
async function goOn(unit: UnitOfWork) {
  const account = await lockAccount(unit)
  const now = accountNow(unit, account)
  await resumeAccount(unit, account, now)
  return { now }
}

async function buildNext(
  deps: Deps,
  actor: Actor,
  {
    now,
    from,
    to,
    before,
  }: { now: Date; from: string[]; to: NonNullable<Account['currency']>; before: Before },
): Promise<BuiltInvoice | undefined> {
  const rates = await loadRates(deps, from, to, now)
  const isFree = await freeLinesOf(deps, actor.organisation, now)
  return tryOut(deps, actor, async (unit) => {
    await before(unit)
    await goOn(unit)
    await foreseeCredit(unit, deps, { isOpenPaid: true })
    const account = await lockAccount(unit)
    if (!account.plan) return undefined
    const boundary = nextBoundary(account, account.plan)
    const turning = { account, boundary, rates, isFree }
    const ends = isEnding(account, boundary.period.from)
    return (await (ends ? endPeriod : beginPeriod)(unit, deps, turning)).built
  })
}
