import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { orRefusal, requireProviderManager } from './account.ts'
import * as store from './account-store.ts'
import { syncAccount } from './sync.ts'
import { makeTransfer } from './transfer.ts'
import { listOpenTransfers } from './transfer-store.ts'

/**
 * Begins another account in place of one that Stripe lets the marketplace do nothing with any more. First it is known of
 * every transfer to the lost one whether it was made; only what was not is paid to the new one. Asked again it changes
 * nothing. Throws a `conflict` while Stripe still lets the marketplace act, `unavailable` while Stripe does not say.
 */
export async function replaceAccount(deps: Deps, actor: Actor, country?: string): Promise<void> {
  requireProviderManager(actor)
  const { organisation } = actor
  const row = await withUnitOfWork(deps, actor, ({ tx }) => store.findAccount(tx))
  if (!row)
    throw new ProblemError('conflict', {
      detail: 'There is no account yet. Set it up first: ask for an onboarding link.',
    })
  if (row.stripe_account === null) return
  await orRefusal(syncAccount(deps, { id: row.stripe_account }))
  const open = await withUnitOfWork(deps, actor, ({ tx }) => listOpenTransfers(tx))
  if (await withUnitOfWork(deps, actor, isLost))
    for (const id of open) await orRefusal(makeTransfer(deps, { organisation, id }))
  await withUnitOfWork(deps, actor, (unit) => beginAnew(unit, country))
}

async function isLost({ tx }: UnitOfWork): Promise<boolean> {
  return (await store.findAccount(tx))?.reason === 'disconnected'
}

async function beginAnew(unit: UnitOfWork, country: string | undefined): Promise<void> {
  const lost = await store.lockAccount(unit.tx)
  // Somebody else began it at the same moment.
  if (!lost || lost.stripe_account === null) return
  if (lost.reason !== 'disconnected')
    throw new ProblemError('conflict', {
      detail:
        'Stripe lets the marketplace act for your account: no other is needed. What is missing is given on its onboarding page.',
    })
  if ((await listOpenTransfers(unit.tx)).length > 0)
    throw new ProblemError('unavailable', {
      detail:
        'Stripe does not say yet what became of a transfer to the lost account. Try again in a few minutes.',
    })
  const id = await store.beginAnew(
    unit.tx,
    { ...lost, stripe_account: lost.stripe_account },
    { country: country ?? lost.country, at: unit.clock() },
  )
  await audit(unit, 'payout-account.replace', {
    account: encodeId(idPrefixes.payoutAccount, id),
    former: encodeId(idPrefixes.payoutAccount, lost.id),
    stripe: lost.stripe_account,
  })
}
