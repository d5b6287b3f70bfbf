import { randomUUID } from 'node:crypto'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { postLedger } from '../src/features/ledger/index.ts'
import { settleInvoice, type PaidInvoice, type PaidLine } from '../src/features/payouts/index.ts'
import type { Platform } from './harness.ts'
import { asPlatform } from './money.ts'
import { signUpOperator, type Person } from './people.ts'

/** A paid line of a service, 10.00 by card, changed where a test says so. */
export function paidLine(provider: Person, change: Partial<PaidLine> = {}): PaidLine {
  return {
    id: randomUUID(),
    sale: {
      provider: decodeId('org', provider.organisation),
      service: { id: randomUUID(), name: 'Invoice chaser' },
      month: '2026-11',
      kind: 'monthly',
    },
    card: 1_000n,
    account: 0n,
    promotional: 0n,
    conversion: 0n,
    sharePercent: 80,
    promotionalAccount: 'credit_cost',
    ...change,
  }
}

/** An invoice that an operator paid with a card. */
export function paidInvoice(
  operator: Person,
  lines: readonly PaidLine[],
  change: Partial<PaidInvoice> = {},
): PaidInvoice {
  const paidAt = new Date('2026-11-05T10:00:00.000Z')
  return {
    id: randomUUID(),
    operator: decodeId('org', operator.organisation),
    currency: 'USD',
    paidAt,
    availableAt: paidAt,
    processingFee: 0n,
    lines,
    ...change,
  }
}

/** Books an invoice as billing does when it is paid, and shares it out. */
export async function settle(platform: Platform, invoice: PaidInvoice): Promise<void> {
  const sum = (of: (line: PaidLine) => bigint) => invoice.lines.reduce((all, line) => all + of(line), 0n)
  const [card, account, promotional] = [sum((l) => l.card), sum((l) => l.account), sum((l) => l.promotional)]
  const { currency, operator: party } = invoice
  await asPlatform(platform, async (unit) => {
    const entry = {
      cause: { type: 'invoice', id: encodeId(idPrefixes.invoice, invoice.id) },
      at: invoice.paidAt,
      memo: 'Invoice',
    }
    await postLedger(unit, {
      ...entry,
      kind: 'finalised',
      postings: [
        { account: 'operator_receivable', party, currency, amount: card + account },
        { account: 'credit_cost', currency, amount: promotional },
        { account: 'unsettled_sales', currency, amount: -(card + account + promotional) },
      ],
    })
    await postLedger(unit, {
      ...entry,
      kind: 'paid',
      postings: [
        { account: 'stripe_balance', currency, amount: card - invoice.processingFee },
        { account: 'processing', currency, amount: invoice.processingFee },
        { account: 'operator_receivable', party, currency, amount: -card },
      ],
    })
    await settleInvoice(unit, invoice)
  })
}

/** Sells for so much by card, paid now and available at once; answers the line. */
export async function sell(
  platform: Platform,
  operator: Person,
  provider: Person,
  card: bigint,
  currency = 'USD',
): Promise<PaidLine> {
  const line = paidLine(provider, { card })
  const at = platform.deps.clock()
  await settle(platform, paidInvoice(operator, [line], { currency, paidAt: at, availableAt: at }))
  return line
}

export const signUpProvider = ({ app }: Platform): Promise<Person> => signUpOperator(app, 'provider')
