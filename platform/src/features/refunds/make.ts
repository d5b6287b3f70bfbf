import { randomUUID } from 'node:crypto'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { findInvoiceOfLine, findOwnerOfLine } from '../billing/index.ts'
import { toTold } from './admin.ts'
import { namesOf } from './dispute-store.ts'
import { leftOf, openLines, planRefund, type OpenLine } from './plan.ts'
import type { AdminRefund, NewRefund } from './schemas.ts'
import { ofOperator } from './settle.ts'

/** The platform gives a part of any line back, with a reason that the operator reads. */
export async function makeRefund(unit: UnitOfWork, deps: Deps, body: NewRefund): Promise<AdminRefund> {
  requireAdmin(unit.actor)
  const line = decodeId(idPrefixes.invoiceLine, body.line)
  const organisation = await findOwnerOfLine(deps, line)
  if (!organisation) throw new ProblemError('not-found', { detail: 'There is no such line of an invoice.' })
  const row = await ofOperator(unit, organisation, async (theirs) => {
    const open = await requireLine(theirs, line)
    const left = leftOf(open)
    const amount = body.amount === undefined ? left : BigInt(body.amount)
    requireLeft(open, left, amount)
    const { way, reason } = body
    const planned = await planRefund(
      theirs,
      open,
      { cause: 'manual', causeId: randomUUID(), way, reason },
      amount,
    )
    if (!planned) throw new Error('a refund of a new cause was there before')
    return planned
  })
  await audit(unit, 'refund.plan', {
    refund: encodeId(idPrefixes.refund, row.id),
    invoice: encodeId(idPrefixes.invoice, row.invoice_id),
    cause: 'manual',
    reason: body.reason,
  })
  const names = await namesOf(deps.directory, [organisation])
  return toTold({ ...row, operator_name: names.get(organisation) ?? '' })
}

async function requireLine(theirs: UnitOfWork, line: string): Promise<OpenLine> {
  const invoice = await findInvoiceOfLine(theirs, line)
  const open = invoice && (await openLines(theirs, invoice)).find(({ row }) => row.id === line)
  if (!open) throw new ProblemError('not-found', { detail: 'There is no such line of an invoice.' })
  if (open.row.invoiceState !== 'paid')
    throw new ProblemError('conflict', {
      detail: `The invoice is ${open.row.invoiceState}: only what was paid can be given back.`,
    })
  return open
}

function requireLeft({ row }: OpenLine, left: bigint, amount: bigint): void {
  if (amount > 0n && amount <= left) return
  const detail =
    left === 0n
      ? 'all of the line was given back'
      : `must be at most ${left} in minor units of ${row.currency}`
  throw new ProblemError('invalid-request', {
    detail: 'More than what is left of the line cannot be given back.',
    errors: [{ pointer: '/amount', detail }],
  })
}
