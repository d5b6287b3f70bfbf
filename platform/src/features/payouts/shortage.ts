import { encodeId, idPrefixes, type Money } from '@bizq/sdk/contract'
import type { Actor, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { stripeErrorOf, type Stripe } from '../../stripe/client.ts'
import { audit } from '../audit/index.ts'
import { namesOf, toMoney } from '../ledger/index.ts'
import { asPlatform } from '../payments/index.ts'
import { transferThreshold } from './schedule.ts'
import type { TransferFunds } from './schemas.ts'
import * as store from './shortage-store.ts'

/** Whether a transfer was refused because Stripe held too little of its currency. */
export const isShortOf = (refusal: string): boolean => refusal.startsWith('balance_insufficient')

/** Takes note, in a unit of the platform, that a transfer waits for balance. Administrators are told when it begins, and not again. */
export async function noteShortage(unit: UnitOfWork, amount: Money): Promise<void> {
  const { currency } = amount
  const isNew = await store.openShortage(unit.tx, {
    organisation_id: unit.actor.organisation,
    currency,
    began_at: unit.clock(),
  })
  if (!isNew) return
  await audit(unit, 'transfers.short', { currency })
  unit.emit('transfers.short', { currency, amount })
}

/** Ends each shortage for which no transfer waits any more. */
export async function endShortages(deps: Deps): Promise<void> {
  const open = await asPlatform(deps, ({ tx }) => store.listShortages(tx))
  if (open.length === 0) return
  const due = await store.listDueTransfers(deps.directory, deps.clock(), transferThreshold)
  const waiting = new Set(due.filter(({ since }) => since !== null).map(({ currency }) => currency))
  for (const currency of open.filter((each) => !waiting.has(each)))
    await asPlatform(deps, async (unit) => {
      if (!(await store.endShortage(unit.tx, currency, unit.clock()))) return
      await audit(unit, 'transfers.enough', { currency })
      unit.emit('transfers.enough', { currency })
    })
}

/** Of a list of Stripe's balance: what it comes to in each currency. */
function sumsOf(parts: readonly { amount: number; currency: string }[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { amount, currency } of parts)
    sums.set(currency.toUpperCase(), (sums.get(currency.toUpperCase()) ?? 0) + amount)
  return sums
}

/** What Stripe holds; null where it does not say. */
async function askBalance({ stripe, log }: Deps): Promise<Stripe.Balance | null> {
  if (stripe.mode === 'off') return null
  return stripe.balance.retrieve().catch((error: unknown) => {
    const refused = stripeErrorOf(error)
    if (!refused) throw error
    log.warn({ refused: refused.message }, 'Stripe does not say what it holds')
    return null
  })
}

/** In each currency what is to leave to providers, what Stripe has for it, and which transfers wait for more. */
export async function getTransferFunds(deps: Deps, actor: Actor): Promise<TransferFunds> {
  requireAdmin(actor)
  const now = deps.clock()
  const due = await store.listDueTransfers(deps.directory, now, transferThreshold)
  const names = await namesOf(
    deps.directory,
    due.map(({ organisation_id }) => organisation_id),
  )
  const balance = await askBalance(deps)
  const [available, pending] = [sumsOf(balance?.available ?? []), sumsOf(balance?.pending ?? [])]
  const currencies = new Set([...due.map(({ currency }) => currency), ...available.keys(), ...pending.keys()])
  const items = [...currencies].toSorted().map((currency) => {
    const here = due.filter((row) => row.currency === currency)
    const wanted = here.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
    const has = BigInt(available.get(currency) ?? 0)
    const waiting = here.filter(({ since }) => since !== null)
    return {
      currency,
      due: toMoney(wanted, currency),
      available: balance && toMoney(has, currency),
      pending: balance && toMoney(BigInt(pending.get(currency) ?? 0), currency),
      missing: balance && toMoney(wanted > 0n && wanted > has ? wanted - has : 0n, currency),
      shortSince: waiting[0]?.since?.toISOString() ?? null,
      waiting: waiting.map((row) => ({
        provider: {
          id: encodeId(idPrefixes.organisation, row.organisation_id),
          name: names.get(row.organisation_id) ?? '',
        },
        amount: toMoney(row.amount, currency),
        since: (row.since ?? now).toISOString(),
        nextAt: (row.next_at > now ? row.next_at : now).toISOString(),
      })),
    }
  })
  return { items, next: null }
}
