import { randomUUID } from 'node:crypto'
import { currencyExponent, decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { findInvoiceOfLine, findOwnerOfLine } from '../billing/index.ts'
import { namesOf, toMoney } from '../ledger/index.ts'
import { toTold } from './admin.ts'
import { disputedProblem, findDisputed, findUndecided } from './disputed.ts'
import { leftOf, openLines, partsOfRefund, planRefund, type OpenLine } from './plan.ts'
import { creditBackOf } from './returns.ts'
import type { AdminRefund, NewRefund, RefundableLine } from './schemas.ts'
import { ofOperator } from './settle.ts'

const unknownLine = () => new ProblemError('not-found', { detail: 'There is no such line of an invoice.' })

async function findOperator(deps: Deps, line: string) {
  const organisation = await findOwnerOfLine(deps, line)
  if (!organisation) throw unknownLine()
  const names = await namesOf(deps.directory, [organisation])
  return { organisation, name: names.get(organisation) ?? '' }
}

/** What of a line can still be given back, before it is decided. */
export async function getRefundable(unit: UnitOfWork, deps: Deps, id: string): Promise<RefundableLine> {
  requireAdmin(unit.actor)
  const line = decodeId(idPrefixes.invoiceLine, id)
  const { organisation, name } = await findOperator(deps, line)
  const { open, back } = await ofOperator(unit, organisation, async (theirs) => {
    const found = await findLine(theirs, line)
    return { open: found, back: await leftBack(theirs, found) }
  })
  const { row } = open
  const left = row.invoiceState === 'paid' ? leftOf(open) : 0n
  return {
    line: id,
    invoice: encodeId(idPrefixes.invoice, row.invoice),
    number: row.number,
    invoiceState: row.invoiceState,
    operator: { id: encodeId(idPrefixes.organisation, organisation), name },
    description: row.description,
    amount: toMoney(row.amount, row.currency),
    refunded: toMoney(row.amount - leftOf(open), row.currency),
    left: toMoney(left, row.currency),
    leftPaid: toMoney(left - back.promotional, row.currency),
    leftCredit: toMoney(back.credit, row.currency),
    leftCovered: toMoney(back.promotional - back.credit, row.currency),
    isDisputed: findUndecided(await findDisputed(deps, [row]), [row]) !== undefined,
  }
}

/** Of what is left of a line: what no operator had paid, and what of that is credit that can be used again. */
async function leftBack(theirs: UnitOfWork, open: OpenLine) {
  if (open.row.invoiceState !== 'paid' || leftOf(open) === 0n) return { promotional: 0n, credit: 0n }
  const { promotional } = partsOfRefund(open, 'card')
  const before = open.before.promotional
  const { service, granted } = await creditBackOf(theirs, open.row, { cause: 'manual', before, promotional })
  return { promotional, credit: service + granted }
}

/** The platform gives a part of any line back, with a reason that the operator reads. */
export async function makeRefund(unit: UnitOfWork, deps: Deps, body: NewRefund): Promise<AdminRefund> {
  requireAdmin(unit.actor)
  const line = decodeId(idPrefixes.invoiceLine, body.line)
  const { organisation, name } = await findOperator(deps, line)
  const row = await ofOperator(unit, organisation, async (theirs) => {
    const open = await requireLine(theirs, line)
    if (findUndecided(await findDisputed(deps, [open.row]), [open.row]))
      throw disputedProblem(open.row.number, 'Give it back when it has: what is left then is known.')
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
  return toTold({ ...row, operator_name: name })
}

async function findLine(theirs: UnitOfWork, line: string): Promise<OpenLine> {
  const invoice = await findInvoiceOfLine(theirs, line)
  const open = invoice && (await openLines(theirs, invoice)).find(({ row }) => row.id === line)
  if (!open) throw unknownLine()
  return open
}

async function requireLine(theirs: UnitOfWork, line: string): Promise<OpenLine> {
  const open = await findLine(theirs, line)
  if (open.row.invoiceState !== 'paid')
    throw new ProblemError('conflict', {
      detail: `The invoice is ${open.row.invoiceState}: only what was paid can be given back.`,
    })
  return open
}

function inWords(amount: bigint, currency: string): string {
  const digits = currencyExponent(currency)
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(Number(amount) / 10 ** digits)
}

function requireLeft({ row }: OpenLine, left: bigint, amount: bigint): void {
  if (amount > 0n && amount <= left) return
  const detail =
    left === 0n
      ? 'all of the line was given back'
      : `must be at most ${inWords(left, row.currency)}, which is ${left} in minor units`
  throw new ProblemError('invalid-request', {
    detail: 'More than what is left of the line cannot be given back.',
    errors: [{ pointer: '/amount', detail }],
  })
}
