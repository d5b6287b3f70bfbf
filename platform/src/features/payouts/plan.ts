import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { enqueue } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import * as accounts from './account-store.ts'
import { makeTransferJob } from './jobs.ts'
import { nextTransferAt, providerNow, transferThreshold } from './schedule.ts'
import * as store from './transfer-store.ts'

/** Plans the transfers of every provider whose time has come. */
export async function planTransfers(deps: Deps): Promise<void> {
  for (const { organisation_id: organisation } of await accounts.listDue(deps.directory, deps.clock()))
    await withUnitOfWork(deps, systemActor(organisation, 'provider'), (unit) => planTransfersOf(unit))
}

/**
 * Plans one transfer for each currency that reached the threshold, of all that is available less what is to be taken
 * back. What is below it, or below zero, carries over to the next time. Nothing before the account may be paid.
 */
export async function planTransfersOf(unit: UnitOfWork): Promise<void> {
  const account = await accounts.lockAccount(unit.tx)
  if (!account?.can_be_paid || account.stripe_account === null) return
  const at = providerNow(unit, account)
  if (account.next_transfer_at > at) return
  const { organisation } = unit.actor
  for (const { currency, amount } of await store.listTransferable(unit.tx, at)) {
    if (amount < transferThreshold) continue
    const transfer = await store.insertTransfer(unit.tx, organisation, {
      currency,
      amount,
      destination: account.stripe_account,
      at,
      decidedAt: unit.clock(),
    })
    await enqueue(unit, makeTransferJob, { organisation, transfer })
    await audit(unit, 'transfer.plan', { transfer: encodeId(idPrefixes.transfer, transfer) })
  }
  await accounts.setNextTransfer(unit.tx, nextTransferAt(account.schedule, at))
}
