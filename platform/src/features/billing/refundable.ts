import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { accountNow, ensureAccount } from './account.ts'
import { holdAccount } from './account-store.ts'
import * as store from './refundable-store.ts'

export type { RefundableLine } from './refundable-store.ts'

/** All lines of an invoice of the unit's organisation, locked: what is given back of them is decided by one at a time. */
export function lockInvoiceLines(unit: UnitOfWork, invoice: string): Promise<store.RefundableLine[]> {
  return store.lockInvoiceLines(unit.tx, invoice)
}

export function findInvoiceOfLine(unit: UnitOfWork, line: string): Promise<string | undefined> {
  return store.findInvoiceOfLine(unit.tx, line)
}

export function findLine(unit: UnitOfWork, line: string): Promise<store.RefundableLine | undefined> {
  return store.findLine(unit.tx, line)
}

export function listPaidLines(unit: UnitOfWork, subscription: string): Promise<store.RefundableLine[]> {
  return store.listPaidLines(unit.tx, subscription)
}

/** Counts what was given back of a locked line; below 0 takes it back. */
export function addRefunded(unit: UnitOfWork, line: string, amount: bigint): Promise<void> {
  return store.addRefunded(unit.tx, line, amount)
}

/** What becomes of the credit that had paid an invoice's lines, when they are given back now. */
interface Returning {
  /** The plan's credit is of the present period, and so can be used again until this instant; null where its time is over. */
  serviceUntil: Date | null
  /** Of granted credit: what the invoice used, and what of that was granted for it alone, since it was too little for a card. */
  granted: bigint
  waived: bigint
}

/** What returns of the credit that had paid an invoice. `isHeld`: nobody turns the period until the transaction ends. */
export async function findReturning(
  unit: UnitOfWork,
  invoice: string,
  { isHeld }: { isHeld: boolean },
): Promise<Returning> {
  if (isHeld) await holdAccount(unit.tx)
  const found = await store.findReturning(unit.tx, invoice)
  return {
    serviceUntil: found?.isPresent ? found.until : null,
    granted: BigInt(found?.granted ?? 0),
    waived: BigInt(found?.waived ?? 0),
  }
}

/** The operator's own money, or what was granted and is there again, for the next invoices. Once for each cause. */
export function giveCredit(
  unit: UnitOfWork,
  credit: {
    kind: 'account' | 'granted'
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
