import { randomUUID } from 'node:crypto'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import {
  postLedgerAll,
  saleSettled,
  splitInvoice,
  type Entry,
  type LineSplit,
  type SplitInput,
} from '../ledger/index.ts'
import * as store from './sale-store.ts'

/** A line of a paid invoice, and who paid for it. Ids are UUIDs. */
export interface PaidLine extends SplitInput {
  id: string
  /** None of the platform's own lines. */
  sale: {
    provider: string
    service: { id: string; name: string }
    /** The month that it is for, as `2026-11`. */
    month: string
    kind: 'monthly' | 'usage'
  } | null
  /** What paid the promotional part: credit, or a launch provider's free lines. */
  promotionalAccount: 'credit_cost' | 'launch_cost'
}

export interface PaidInvoice {
  id: string
  operator: string
  currency: string
  paidAt: Date
  /** When Stripe lets the money go: not before it is anything transferred. */
  availableAt: Date
  /** What Stripe took for the charge; 0 where no card was charged. */
  processingFee: bigint
  /** What the card paid besides the lines: it bears its own part of processing, and nobody earns of it. */
  tax?: bigint
  lines: readonly PaidLine[]
}

/**
 * Shares a paid invoice out, in a unit of the platform: books each line, and writes what each provider earns in its
 * own organisation. Settled again it changes nothing. Answers the split of each line that comes to something.
 */
export async function settleInvoice(unit: UnitOfWork, invoice: PaidInvoice): Promise<Map<string, LineSplit>> {
  const splits = splitInvoice(invoice.lines, invoice.processingFee, invoice.tax)
  const lines = invoice.lines.flatMap((line, i) => {
    const split = splits[i]
    return split && split.line > 0n ? [{ ...line, split, earning: line.sale ? randomUUID() : null }] : []
  })
  const written = await store.insertSettledLines(
    unit.tx,
    unit.actor.organisation,
    lines.map(({ id, sale, earning, split, card, account, promotionalAccount }) => ({
      line_id: id,
      invoice_id: invoice.id,
      operator_id: invoice.operator,
      provider_id: sale?.provider ?? null,
      earning_id: earning,
      currency: invoice.currency,
      at: invoice.paidAt,
      real: card + account,
      promotional_account: promotionalAccount,
      ...split,
    })),
  )
  const answer = new Map(lines.map(({ id, split }) => [id, split]))
  if (written.length === 0) return answer
  if (written.length !== lines.length)
    throw new Error(
      `of invoice ${invoice.id}, ${lines.length - written.length} of ${lines.length} lines were settled before`,
    )
  await postLedgerAll(
    unit,
    lines.map((line) => entryOf(invoice, line)),
  )
  await writeEarnings(unit, invoice, lines)
  return answer
}

type SplitLine = PaidLine & { split: LineSplit; earning: string | null }

function entryOf(invoice: PaidInvoice, { id, sale, split, earning }: SplitLine): Entry {
  const line = { type: 'invoice_line', id: encodeId(idPrefixes.invoiceLine, id) }
  const from = { type: 'invoice', id: encodeId(idPrefixes.invoice, invoice.id) }
  return {
    kind: 'settled',
    cause: earning === null ? line : { type: 'earning', id: encodeId(idPrefixes.earning, earning) },
    from: earning === null ? [from] : [line, from],
    at: invoice.paidAt,
    memo: sale ? `${sale.service.name}, ${sale.month}` : 'Plan',
    postings: saleSettled(invoice.currency, split, sale?.provider ?? null),
  }
}

async function writeEarnings(
  unit: UnitOfWork,
  invoice: PaidInvoice,
  lines: readonly SplitLine[],
): Promise<void> {
  const sold = lines.flatMap(({ sale, earning, ...line }) =>
    sale && earning !== null ? [{ ...line, sale, earning }] : [],
  )
  for (const [provider, theirs] of Map.groupBy(sold, ({ sale }) => sale.provider))
    await withinTenant(unit, { organisation: provider, kind: 'provider' }, ({ tx }) =>
      store.insertEarnings(
        tx,
        provider,
        theirs.map(({ earning, sale, split, sharePercent, promotional }) => ({
          id: earning,
          service_id: sale.service.id,
          service_name: sale.service.name,
          month: sale.month,
          kind: sale.kind,
          currency: invoice.currency,
          share_percent: sharePercent,
          promotional,
          earned_at: invoice.paidAt,
          available_at: invoice.availableAt,
          ...split,
        })),
      ),
    )
}
