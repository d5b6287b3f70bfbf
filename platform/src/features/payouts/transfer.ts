import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withinTenant, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { enqueue, enqueueAll } from '../../jobs/define.ts'
import { isDisconnected, keyLifetimeMs, keyOf, stripeErrorOf } from '../../stripe/client.ts'
import { audit } from '../audit/index.ts'
import { postLedger, toMoney } from '../ledger/index.ts'
import { asPlatform } from '../payments/index.ts'
import { findAccount, setNextTransfer } from './account-store.ts'
import { makeTransferJob, reverseTransferJob } from './jobs.ts'
import { afterRefusal, providerNow } from './schedule.ts'
import { isShortOf, noteShortage } from './shortage.ts'
import * as store from './transfer-store.ts'

/** A UUID of the provider's organisation, and of what is to be done there. */
export interface Planned {
  organisation: string
  id: string
}

/** What Stripe says no to for good, as against what may pass by itself. Undefined where it is the latter. */
function refusalOf(error: unknown): string | undefined {
  const refused = stripeErrorOf(error)
  const status = refused?.statusCode ?? 500
  const isPassing = status >= 500 || [401, 403, 409, 429].includes(status)
  if (!refused || (isPassing && !isDisconnected(refused))) return undefined
  return `${refused.code ?? refused.type}: ${refused.message}`
}

/** Whether Stripe may have forgotten the key that this was asked under: by the platform's time, not the provider's. */
const isForgotten = (deps: Deps, row: { decided_at: Date | null; planned_at: Date }): boolean =>
  deps.clock().getTime() - (row.decided_at ?? row.planned_at).getTime() > keyLifetimeMs

const wireId = (id: string) => encodeId(idPrefixes.transfer, id)

/** What Stripe made of a plan that it may have forgotten the key of. */
async function findMade(deps: Deps, id: string): Promise<string | undefined> {
  const { data } = await deps.stripe.transfers.list({ transfer_group: wireId(id), limit: 1 })
  return data[0]?.id
}

async function askTransfer(
  deps: Deps,
  asked: { id: string; amount: number; currency: string; destination: string },
) {
  const made = await deps.stripe.transfers.create(
    {
      amount: asked.amount,
      currency: asked.currency.toLowerCase(),
      destination: asked.destination,
      transfer_group: wireId(asked.id),
      metadata: { bizq: wireId(asked.id) },
    },
    { idempotencyKey: keyOf('transfer', wireId(asked.id)) },
  )
  return made.id
}

/** Asks Stripe for a planned transfer, and books what it answered. Run again, it asks for the same and books once. */
export async function makeTransfer(deps: Deps, { organisation, id }: Planned): Promise<void> {
  const row = await withUnitOfWork(deps, systemActor(organisation, 'provider'), ({ tx }) =>
    store.findTransfer(tx, id),
  )
  if (row?.state !== 'planned') return
  const isOld = isForgotten(deps, row)
  const asked = { id, ...toMoney(row.amount, row.currency), destination: row.destination }
  try {
    const made = (isOld ? await findMade(deps, id) : undefined) ?? (await askTransfer(deps, asked))
    await recordTransfer(deps, { organisation, id }, made)
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    // An account that is gone may have got it before: the answer to an earlier try was lost.
    const before = isDisconnected(error) ? await findMade(deps, id) : undefined
    if (before === undefined) await refuseTransfer(deps, { organisation, id }, refusal)
    else await recordTransfer(deps, { organisation, id }, before)
  }
}

/** Takes note that Stripe made a transfer: once, whoever tells it. */
export async function recordTransfer(
  deps: Deps,
  { organisation, id }: Planned,
  stripeTransfer: string,
): Promise<void> {
  await asPlatform(deps, async (unit) => {
    const made = await withinTenant(unit, { organisation, kind: 'provider' }, async (theirs) => {
      const row = await store.lockTransfer(theirs.tx, id)
      if (row?.state !== 'planned') return undefined
      const at = providerNow(theirs, await findAccount(theirs.tx))
      await store.markMade(theirs.tx, id, stripeTransfer, at)
      const waiting = await store.listReversalsOf(theirs.tx, id)
      await enqueueAll(
        theirs,
        reverseTransferJob,
        waiting.map((reversal) => ({ organisation, reversal: reversal.id })),
      )
      await audit(theirs, 'transfer.make', { transfer: wireId(id) })
      theirs.emit('transfer.made', { transfer: wireId(id), amount: toMoney(row.amount, row.currency) })
      return { ...row, at, earnings: await store.listPaidEarnings(theirs.tx, id) }
    })
    if (!made) return
    const amount = BigInt(made.amount)
    await postLedger(unit, {
      kind: 'made',
      cause: { type: 'transfer', id: wireId(id) },
      from: [
        ...made.earnings.map((earning) => ({ type: 'earning', id: encodeId(idPrefixes.earning, earning) })),
        { type: 'stripe_transfer', id: stripeTransfer },
      ],
      at: made.at,
      memo: 'Transfer to a provider',
      postings: [
        { account: 'provider_payable', party: organisation, currency: made.currency, amount },
        { account: 'stripe_balance', currency: made.currency, amount: -amount },
      ],
    })
  })
}

/** Stripe made none: what it was made of waits for the next, tomorrow. */
async function refuseTransfer(deps: Deps, { organisation, id }: Planned, refusal: string): Promise<void> {
  await asPlatform(deps, async (unit) => {
    const refused = await withinTenant(unit, { organisation, kind: 'provider' }, async (theirs) => {
      const row = await store.lockTransfer(theirs.tx, id)
      if (row?.state !== 'planned') return undefined
      const at = providerNow(theirs, await findAccount(theirs.tx))
      for (const reversal of await store.listReversalsOf(theirs.tx, id))
        await store.markReversalRefused(theirs.tx, reversal.id, 'the transfer was not made')
      await store.markRefused(theirs.tx, id, refusal, at)
      const next = afterRefusal(at)
      await setNextTransfer(theirs.tx, next)
      await audit(theirs, 'transfer.refuse', { transfer: wireId(id), refusal })
      const amount = toMoney(row.amount, row.currency)
      theirs.emit('transfer.refused', {
        transfer: wireId(id),
        amount,
        reason: refusal,
        next: next.toISOString(),
      })
      return amount
    })
    if (refused && isShortOf(refusal)) await noteShortage(unit, refused)
  })
  deps.log.warn({ transfer: wireId(id), refusal }, 'Stripe did not make a transfer')
}

const reversalId = (id: string) => encodeId(idPrefixes.transferReversal, id)

/** Asks Stripe to take a part of a transfer back, and books it. What it refuses is taken from what is transferred next. */
export async function reverseTransfer(deps: Deps, { organisation, id }: Planned): Promise<void> {
  const row = await withUnitOfWork(deps, systemActor(organisation, 'provider'), ({ tx }) =>
    store.findReversal(tx, id),
  )
  // One of a transfer that is not made yet is asked for when it is.
  if (row?.state !== 'planned' || row.stripe_transfer === null) return
  const transfer = row.stripe_transfer
  const isOld = isForgotten(deps, row)
  try {
    const made =
      (isOld ? await findReversed(deps, transfer, id) : undefined) ??
      (await askReversal(deps, transfer, id, Number(row.amount)))
    await recordReversal(deps, { organisation, id }, made)
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    await withUnitOfWork(deps, systemActor(organisation, 'provider'), async (unit) => {
      const locked = await store.lockReversal(unit.tx, id)
      if (locked?.state !== 'planned') return
      await store.markReversalRefused(unit.tx, id, refusal)
      await audit(unit, 'transfer.reversal-refuse', { reversal: reversalId(id), refusal })
    })
    deps.log.warn({ reversal: reversalId(id), refusal }, 'Stripe took nothing back of a transfer')
  }
}

async function findReversed(deps: Deps, transfer: string, id: string): Promise<string | undefined> {
  for await (const reversal of deps.stripe.transfers.listReversals(transfer, { limit: 100 }))
    if (reversal.metadata?.['bizq'] === reversalId(id)) return reversal.id
  return undefined
}

async function askReversal(deps: Deps, transfer: string, id: string, amount: number): Promise<string> {
  const made = await deps.stripe.transfers.createReversal(
    transfer,
    { amount, metadata: { bizq: reversalId(id) } },
    { idempotencyKey: keyOf('transfer-reversal', reversalId(id)) },
  )
  return made.id
}

async function recordReversal(
  deps: Deps,
  { organisation, id }: Planned,
  stripeReversal: string,
): Promise<void> {
  await asPlatform(deps, async (unit) => {
    const made = await withinTenant(unit, { organisation, kind: 'provider' }, async (theirs) => {
      const row = await store.lockReversal(theirs.tx, id)
      if (row?.state !== 'planned') return undefined
      const at = providerNow(theirs, await findAccount(theirs.tx))
      await store.markReversalMade(theirs.tx, id, stripeReversal, at)
      await audit(theirs, 'transfer.reverse', { reversal: reversalId(id), transfer: wireId(row.transfer_id) })
      const found = await store.findReversal(theirs.tx, id)
      if (!found) return undefined
      theirs.emit('transfer.reversed', {
        reversal: reversalId(id),
        transfer: wireId(row.transfer_id),
        amount: toMoney(found.amount, found.currency),
      })
      return { ...found, at }
    })
    if (!made) return
    const amount = BigInt(made.amount)
    await postLedger(unit, {
      kind: 'made',
      cause: { type: 'transfer_reversal', id: reversalId(id) },
      from: [
        { type: 'transfer', id: wireId(made.transfer_id) },
        { type: 'stripe_transfer_reversal', id: stripeReversal },
      ],
      at: made.at,
      memo: 'Taken back of a transfer',
      postings: [
        { account: 'stripe_balance', currency: made.currency, amount },
        { account: 'provider_payable', party: organisation, currency: made.currency, amount: -amount },
      ],
    })
  })
}

/** Puts what was planned a while ago and not asked for in line again: a process may have ended in between. */
export async function askAgain(deps: Deps): Promise<void> {
  const { transfers, reversals } = await store.listPlanned(
    deps.directory,
    new Date(deps.clock().getTime() - 10 * 60_000),
  )
  await asPlatform(deps, async (unit) => {
    for (const { organisation_id: organisation, id } of transfers)
      await enqueue(unit, makeTransferJob, { organisation, transfer: id })
    for (const { organisation_id: organisation, id } of reversals)
      await enqueue(unit, reverseTransferJob, { organisation, reversal: id })
  })
}
