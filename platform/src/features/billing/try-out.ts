import { randomUUID } from 'node:crypto'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { accountNow, lockAccount } from './account.ts'
import { insertCredit } from './offer-store.ts'

const undone = new Error('looked at and taken back')

/** A unit of work of which nothing stays, and of which nobody is told. */
export async function tryOut<T>(
  deps: Deps,
  actor: Actor,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  const seen: T[] = []
  await withUnitOfWork(deps, actor, async (unit) => {
    seen.splice(0, seen.length, await work(unit))
    throw undone
  }).catch((error: unknown) => {
    if (error !== undone) throw error
  })
  return seen[0] as T
}

/** Within `tryOut`: what was taken back is credit, as it is before the next invoice is written. */
export async function foreseeCredit(
  unit: UnitOfWork,
  deps: Pick<Deps, 'takenBack'>,
  as: { isOpenPaid: boolean },
): Promise<void> {
  const amount = await deps.takenBack.foresee(unit, as)
  const account = await lockAccount(unit)
  if (amount === 0n || !account.currency) return
  await insertCredit(unit.tx, {
    organisation_id: account.organisation_id,
    kind: 'account',
    currency: account.currency,
    amount: Number(amount),
    cause_type: 'foreseen',
    cause_id: randomUUID(),
    reason: null,
    at: accountNow(unit, account),
  })
}
