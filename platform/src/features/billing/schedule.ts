import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { findAccount, updateAccount, type Account } from './account-store.ts'
import * as invoices from './invoice/store.ts'
import { trialEndingAt } from './plans.ts'

/** What an account is due for, at an instant of its own time. */
export type Due =
  | { kind: 'change' | 'trial-ending' | 'trial' | 'period' | 'grace'; at: Date }
  | { kind: 'pay'; at: Date; invoice: string }

/** What comes next for an account; undefined where nothing does before somebody acts. */
export function nextDue(
  account: Account,
  unpaid: readonly Pick<invoices.InvoiceRow, 'id' | 'next_attempt_at'>[],
): Due | undefined {
  const due: Due[] = []
  if (account.plan_change) due.push({ kind: 'change', at: new Date(account.plan_change.at) })
  for (const { id, next_attempt_at: at } of unpaid) if (at) due.push({ kind: 'pay', at, invoice: id })
  if (account.state === 'trialing' && !account.trial_told_at)
    due.push({ kind: 'trial-ending', at: trialEndingAt(account.trial_ends_at) })
  if (account.state === 'trialing') due.push({ kind: 'trial', at: account.trial_ends_at })
  if (['active', 'past_due', 'grace'].includes(account.state))
    due.push({ kind: 'period', at: account.period_end })
  if (account.state === 'grace' && account.grace_ends_at)
    due.push({ kind: 'grace', at: account.grace_ends_at })
  return due.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0]
}

export async function findDue(
  unit: UnitOfWork,
): Promise<{ account: Account; due: Due | undefined } | undefined> {
  const account = await findAccount(unit.tx)
  return account && { account, due: nextDue(account, await invoices.listUnpaid(unit.tx)) }
}

/** Writes down when the account's turn comes next: after every change of it or of its invoices. */
export async function reschedule(unit: UnitOfWork): Promise<void> {
  const found = await findDue(unit)
  if (found) await updateAccount(unit.tx, { due_at: found.due?.at ?? null })
}
