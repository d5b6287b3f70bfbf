import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { audit } from '../audit/index.ts'
import { addRefunded } from '../billing/index.ts'
import { settleRefundJob } from './jobs.ts'
import { leftOf, openLines } from './plan.ts'
import { refundParts } from './parts.ts'
import * as store from './store.ts'

const lost = 'The bank kept what it took back: it was given back that way.'
const tooLittle = 'Less was left of the line than was to be given back.'

/** Plans anew, once, what Stripe refused of an invoice while its charge was disputed. */
export async function askAgain(unit: UnitOfWork, invoice: string): Promise<void> {
  for (const row of await store.listRefusedByDispute(unit.tx, invoice)) {
    const open = (await openLines(unit, invoice)).find((each) => each.row.id === row.line_id)
    const amount = BigInt(row.amount)
    if (!open || amount > leftOf(open)) {
      await store.noteFailure(unit.tx, row.id, tooLittle)
      continue
    }
    const parts = refundParts(open.line, open.before, amount, row.way === 'card' ? 'card' : 'account_credit')
    await store.planAgain(unit.tx, row.id, parts, unit.clock())
    await addRefunded(unit, row.line_id, amount)
    await enqueue(unit, settleRefundJob, { organisation: unit.actor.organisation, refund: row.id })
    await audit(unit, 'refund.plan', { refund: encodeId(idPrefixes.refund, row.id), cause: row.cause })
  }
}

/** Says of what was refused that the bank has given it back for good. */
export async function closeAsLost(unit: UnitOfWork, invoice: string): Promise<void> {
  for (const { id } of await store.listRefusedByDispute(unit.tx, invoice))
    await store.noteFailure(unit.tx, id, lost)
}
