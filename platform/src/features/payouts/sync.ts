import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { isDisconnected, isMissing, type Stripe } from '../../stripe/client.ts'
import type { StripeReference, StripeSync } from '../../stripe/sync.ts'
import { audit } from '../audit/index.ts'
import { toMoney } from '../ledger/index.ts'
import * as store from './account-store.ts'
import { askStanding, standingOf, type Standing } from './standing.ts'
import { recordTransfer } from './transfer.ts'
import * as transfers from './transfer-store.ts'

/** Writes down where an account stands; tells its owners when that changed. */
export async function keepStanding(deps: Deps, organisation: string, account: Stripe.Account): Promise<void> {
  await saveStanding(deps, organisation, account.id, standingOf(account))
}

/** Of an account that was replaced meanwhile nothing is written down. */
async function saveStanding(
  deps: Deps,
  organisation: string,
  stripeAccount: string,
  standing: Standing,
): Promise<void> {
  await withUnitOfWork(deps, systemActor(organisation, 'provider'), async (unit) => {
    const before = await store.lockAccount(unit.tx)
    if (before?.stripe_account !== stripeAccount) return
    await store.saveStanding(unit.tx, { ...standing, at: deps.clock() })
    const isSame =
      before.state === standing.state && JSON.stringify(before.missing) === JSON.stringify(standing.missing)
    if (before.synced_at !== null && isSame) return
    await audit(unit, 'payout-account.change', {
      account: encodeId(idPrefixes.payoutAccount, before.id),
      state: standing.state,
    })
    const was = before.synced_at === null ? null : before.state
    unit.emit('account.changed', { state: standing.state, missing: standing.missing.length, was })
  })
}

/** Looks at an account again, and writes down where it stands. */
export async function syncAccount(deps: Deps, { id }: Pick<StripeReference, 'id'>): Promise<void> {
  const known = await store.findByStripe(deps.directory, id)
  if (!known) return
  await saveStanding(deps, known.organisation_id, id, await askStanding(deps.stripe, id))
}

async function syncPayout(deps: Deps, { id, account }: StripeReference): Promise<void> {
  const known = account === null ? undefined : await store.findByStripe(deps.directory, account)
  if (!known || account === null) return
  const payout = await deps.stripe.payouts
    .retrieve(id, {}, { stripeAccount: account })
    .catch((error: unknown) => {
      if (isDisconnected(error)) return undefined
      throw error
    })
  if (!payout) return
  const organisation = known.organisation_id
  const currency = payout.currency.toUpperCase()
  await withUnitOfWork(deps, systemActor(organisation, 'provider'), async (unit) => {
    const saved = await store.savePayout(unit.tx, {
      organisation_id: organisation,
      stripe_payout: payout.id,
      currency,
      amount: payout.amount,
      state: payout.status as store.PayoutState,
      made_at: new Date(payout.created * 1_000),
      arrives_at: new Date(payout.arrival_date * 1_000),
      failure: payout.failure_message ?? payout.failure_code ?? null,
      stripe_account: account,
    })
    if (!saved.isChanged) return
    const facts = { payout: encodeId(idPrefixes.payout, saved.id), amount: toMoney(payout.amount, currency) }
    await audit(unit, 'payout.change', { payout: facts.payout, state: payout.status })
    if (payout.status === 'paid') unit.emit('payout.paid', facts)
    if (payout.status === 'failed')
      unit.emit('payout.failed', { ...facts, reason: payout.failure_message ?? null })
  })
}

/** A transfer that Stripe made and we did not take note of: ours says in its metadata which it is. */
async function syncTransfer(deps: Deps, { id }: StripeReference): Promise<void> {
  const made = await deps.stripe.transfers.retrieve(id).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  const own = made?.metadata['bizq']
  if (!made || !own?.startsWith(`${idPrefixes.transfer}_`)) return
  const planned = await transfers.findPlace(deps.directory, decodeId(idPrefixes.transfer, own))
  if (planned?.state !== 'planned') return
  await recordTransfer(deps, { organisation: planned.organisation_id, id: planned.id }, made.id)
}

/** What of Stripe's concerns providers. */
export const payoutSyncs: readonly StripeSync[] = [
  {
    object: 'account',
    sync: syncAccount,
    unfinished: async (deps) =>
      (await store.listStripeAccounts(deps.directory, 'unfinished')).map((id) => ({ id, account: null })),
    accounts: (deps) => store.listStripeAccounts(deps.directory),
  },
  // Who takes the marketplace off their account tells it as a change of the application.
  {
    object: 'application',
    sync: async (deps, { account }) => {
      if (account !== null) await syncAccount(deps, { id: account })
    },
  },
  {
    object: 'payout',
    sync: syncPayout,
    unfinished: async (deps) =>
      (await store.listUnfinishedPayouts(deps.directory)).map((row) => ({
        id: row.stripe_payout,
        account: row.stripe_account,
      })),
  },
  { object: 'transfer', sync: syncTransfer },
]
