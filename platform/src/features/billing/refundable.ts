import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { accountNow, ensureAccount } from './account.ts'
import * as store from './refundable-store.ts'

export type { RefundableLine } from './refundable-store.ts'

/** All lines of an invoice of the unit's organisation, locked: what is given back of them is decided by one at a time. */
export function lockInvoiceLines(unit: UnitOfWork, invoice: string): Promise<store.RefundableLine[]> {
  return store.lockInvoiceLines(unit.tx, invoice)
}

export function findInvoiceOfLine(unit: UnitOfWork, line: string): Promise<string | undefined> {
  return store.findInvoiceOfLine(unit.tx, line)
}

export function listPaidLines(unit: UnitOfWork, subscription: string): Promise<store.RefundableLine[]> {
  return store.listPaidLines(unit.tx, subscription)
}

/** Counts what was given back of a locked line; below 0 takes it back. */
export function addRefunded(unit: UnitOfWork, line: string, amount: bigint): Promise<void> {
  return store.addRefunded(unit.tx, line, amount)
}

/** The operator's own money, kept for the next invoices. Once for each cause. */
export function giveAccountCredit(
  unit: UnitOfWork,
  credit: {
    currency: string
    amount: bigint
    causeType: string
    causeId: string
    reason: string | null
    at: Date
  },
): Promise<void> {
  return store.insertCredit(unit.tx, unit.actor.organisation, credit)
}

/** Whose invoice a charge of Stripe's paid; asked by the platform. */
export function findInvoiceOfCharge(deps: Pick<Deps, 'directory'>, charge: string) {
  return store.findInvoiceOfCharge(deps.directory, charge)
}

export function findOwnerOfLine(deps: Pick<Deps, 'directory'>, line: string) {
  return store.findOwnerOfLine(deps.directory, line)
}

/** The present of the unit's organisation, whose test clock may be ahead. */
export async function presentOf(unit: UnitOfWork): Promise<Date> {
  return accountNow(unit, await ensureAccount(unit))
}
