import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { postLedger, reverseSplit, saleReversed, type Cause, type Reversal } from '../ledger/index.ts'
import { reverseTransferJob } from './jobs.ts'
import * as store from './sale-store.ts'
import * as transfers from './transfer-store.ts'

/** What is given back of a line that was paid and settled. Ids are UUIDs. */
export interface LineRefund {
  /** The row that decided it: what it takes back is taken back once. */
  refund: string
  /** The same on the wire, for the ledger. */
  cause: Cause
  line: string
  /** Of the line, in minor units; below 0 what was taken back is given again (a dispute that was won). */
  amount: bigint
  /** Where the operator's own part goes: back to the card, to account credit, or to the bank that disputes it. */
  to: 'card' | 'account_credit' | 'dispute'
  /** Why, as its provider is told: a refund where nothing else is said. */
  because?: 'no-execution' | 'downtime'
  at: Date
}

/**
 * Gives a part of a line back, in a unit of the platform: books it, and takes the provider's share of it back from
 * the transfer that paid it, or from what is transferred next. The same refund again changes nothing. Answers who
 * bore it. Throws a RangeError beyond what is left of the line.
 */
export async function reverseSale(unit: UnitOfWork, refund: LineRefund): Promise<Reversal> {
  const settled = await store.lockSettledLine(unit.tx, refund.line)
  if (!settled) throw new Error(`the line ${refund.line} is not settled: nothing of it can be given back`)
  const known = await store.findLineReversal(unit.tx, refund.refund)
  if (known) return sameReversal(known, refund)
  const amounts = {
    line: BigInt(settled.line),
    share: BigInt(settled.share),
    processing: BigInt(settled.processing),
    conversion: BigInt(settled.conversion),
    platform: BigInt(settled.platform),
  }
  const reversal = reverseSplit(amounts, BigInt(settled.real), BigInt(settled.refunded), refund.amount)
  await store.insertLineReversal(unit.tx, {
    organisation_id: unit.actor.organisation,
    refund_id: refund.refund,
    line_id: refund.line,
    at: refund.at,
    amount: store.stored(refund.amount),
    real: store.stored(reversal.real),
    promotional: store.stored(reversal.promotional),
    share: store.stored(reversal.share),
    conversion: store.stored(reversal.conversion),
    platform: store.stored(reversal.platform),
  })
  const { provider_id: provider, earning_id: earning } = settled
  const line = { type: 'invoice_line', id: encodeId(idPrefixes.invoiceLine, refund.line) }
  await postLedger(unit, {
    kind: 'reversed',
    cause: refund.cause,
    from: earning === null ? [line] : [line, { type: 'earning', id: encodeId(idPrefixes.earning, earning) }],
    at: refund.at,
    memo: refund.amount > 0n ? 'Given back of a line' : 'Taken again of a line',
    postings: saleReversed(settled.currency, reversal, {
      provider,
      to: placeOf(refund.to, settled.operator_id),
      promotional: settled.promotional_account,
    }),
  })
  if (provider !== null && earning !== null)
    await withinTenant(unit, { organisation: provider, kind: 'provider' }, (theirs) =>
      takeBack(theirs, earning, refund, reversal.share),
    )
  return reversal
}

function placeOf(to: LineRefund['to'], operator: string) {
  if (to === 'account_credit') return { account: 'operator_credit' as const, operator }
  return { account: to === 'card' ? ('stripe_balance' as const) : ('disputes' as const) }
}

function sameReversal(
  known: NonNullable<Awaited<ReturnType<typeof store.findLineReversal>>>,
  refund: LineRefund,
): Reversal {
  if (known.line_id !== refund.line || BigInt(known.amount) !== refund.amount)
    throw new Error(
      `refund ${refund.refund} was of ${known.amount} of line ${known.line_id}, not of ${refund.amount} of ${refund.line}`,
    )
  return {
    share: BigInt(known.share),
    conversion: BigInt(known.conversion),
    platform: BigInt(known.platform),
    real: BigInt(known.real),
    promotional: BigInt(known.promotional),
  }
}

const causeOf = (refund: LineRefund): store.ReversalCause => {
  if (refund.to !== 'dispute') return refund.because ?? 'refund'
  return refund.amount < 0n ? 'dispute-won' : 'dispute'
}

/** The provider's side: in its own organisation, without a word of who paid. */
async function takeBack(
  theirs: UnitOfWork,
  earning: string,
  refund: LineRefund,
  share: bigint,
): Promise<void> {
  const { organisation } = theirs.actor
  const { currency, month, transfer_id } = await store.reverseEarning(theirs.tx, earning, {
    line: refund.amount,
    share,
  })
  if (share === 0n) return
  const planned =
    transfer_id === null || share < 0n
      ? undefined
      : await transfers.planReversal(theirs.tx, organisation, transfer_id, share, {
          at: refund.at,
          decidedAt: theirs.clock(),
        })
  const row = {
    organisation_id: organisation,
    earning_id: earning,
    currency,
    month,
    cause: causeOf(refund),
    at: refund.at,
    transfer_id: null,
  }
  if (planned) {
    await store.insertEarningReversal(theirs.tx, {
      ...row,
      amount: planned.amount,
      line: refund.amount,
      transfer_reversal_id: planned.id,
    })
    await enqueue(theirs, reverseTransferJob, { organisation, reversal: planned.id })
  }
  const rest = share - (planned?.amount ?? 0n)
  if (rest !== 0n)
    await store.insertEarningReversal(theirs.tx, {
      ...row,
      amount: rest,
      line: planned ? 0n : refund.amount,
      transfer_reversal_id: null,
    })
}
