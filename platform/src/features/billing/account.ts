import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { openMissingCharges } from './charges.ts'
import { dayMs, trialDays } from './plans.ts'
import * as store from './account-store.ts'

export type { Account } from './account-store.ts'

/** The present of an account: a test clock may have put it ahead. */
export function accountNow(unit: Pick<UnitOfWork, 'clock'>, account: { clock_ahead_ms: number }): Date {
  return new Date(unit.clock().getTime() + account.clock_ahead_ms)
}

/** Whether at an instant the plan's end is there, after which no period begins. */
export const isEnding = ({ ends_at }: Pick<store.Account, 'ends_at'>, at: Date): boolean =>
  ends_at !== null && ends_at <= at

/** The present of the unit's organisation, as its account has it; an account is not begun for it. */
export async function ownPresent(unit: UnitOfWork): Promise<Date> {
  const account = await store.findAccount(unit.tx)
  return account ? accountNow(unit, account) : unit.clock()
}

/** The account of the unit's organisation. It begins at its first need, with the trial that every organisation has once. */
export async function ensureAccount(unit: UnitOfWork): Promise<store.Account> {
  const known = await store.findAccount(unit.tx)
  if (known) return known
  const now = unit.clock()
  const { organisation } = unit.actor
  await store.insertAccount(unit.tx, organisation, now, new Date(now.getTime() + trialDays * dayMs))
  const made = await lockAccount(unit)
  await openMissingCharges(unit, accountNow(unit, made))
  return made
}

/** The account, for a change of it: whoever else changes it waits. */
export async function lockAccount(unit: UnitOfWork): Promise<store.Account> {
  const account = await store.lockAccount(unit.tx)
  if (!account) throw new Error('the organisation has no billing account')
  return account
}
