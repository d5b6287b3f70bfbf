import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { findLine, findReturning, type RefundableLine } from '../billing/index.ts'
import { creditBack } from './parts.ts'
import type { RefundCause } from './schemas.ts'
import * as store from './store.ts'

/** Of credit that had paid a line: what can be used again, and until when the plan's credit can. */
export interface CreditBack {
  service: bigint
  granted: bigint
  until: Date | null
}

const nothing: CreditBack = { service: 0n, granted: 0n, until: null }

/** Somebody asked for it back. At a period's end the credit of the period is over, however it was used. */
const asked: ReadonlySet<RefundCause> = new Set(['money_back', 'manual'])

/** What of a promotional part of a line can be used again when it is given back now, after what was before. */
export async function creditBackOf(
  unit: UnitOfWork,
  line: Pick<RefundableLine, 'invoice' | 'serviceCredit' | 'grantedCredit' | 'isLaunchFree'>,
  given: { cause: RefundCause; before: bigint; promotional: bigint; isHeld?: boolean },
): Promise<CreditBack> {
  if (given.promotional <= 0n || !asked.has(given.cause)) return nothing
  const { serviceUntil, granted, waived } = await findReturning(unit, line.invoice, {
    isHeld: given.isHeld ?? false,
  })
  const back = creditBack(
    {
      service: line.serviceCredit,
      granted: line.grantedCredit,
      isLaunchFree: line.isLaunchFree,
      isServicePresent: serviceUntil !== null,
      grantedOfInvoice: granted,
      waived,
    },
    given.before,
    given.promotional,
  )
  return { ...back, until: back.service > 0n ? serviceUntil : null }
}

/** The same of a refund that is about to be booked. */
export async function creditBackOfRefund(unit: UnitOfWork, row: store.RefundRow): Promise<CreditBack> {
  const promotional = BigInt(row.promotional)
  if (promotional <= 0n || !asked.has(row.cause)) return nothing
  const line = await findLine(unit, row.line_id)
  if (!line) throw new Error(`the line ${row.line_id} of a refund is gone`)
  const before = await store.sumPromotionalBefore(unit.tx, row)
  return creditBackOf(unit, line, { cause: row.cause, before, promotional, isHeld: true })
}
