import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import { postLedger } from '../../ledger/index.ts'
import { insertCredit, sumCredits } from '../offer-store.ts'
import type { InvoiceRow } from './store.ts'

/**
 * Of an invoice that was written off and is paid after all: the credit that it had used is taken again, as far as it
 * is still there. Answers how much of the account's it is, in minor units.
 */
export async function useCreditAgain(theirs: UnitOfWork, row: InvoiceRow, at: Date): Promise<bigint> {
  const left = await sumCredits(theirs.tx, row.currency)
  const used = {
    account: Math.min(left.account, row.account_credit),
    granted: Math.min(left.granted, row.granted_credit),
  }
  for (const kind of ['account', 'granted'] as const)
    if (used[kind] > 0)
      await insertCredit(theirs.tx, {
        organisation_id: row.organisation_id,
        kind,
        currency: row.currency,
        amount: -used[kind],
        cause_type: 'invoice_reopened',
        cause_id: row.id,
        reason: null,
        at,
      })
  return BigInt(used.account)
}

/** Takes back that it was written off. The platform bears what was paid by credit that is spent by now. */
export async function bookReopened(unit: UnitOfWork, invoice: InvoiceRow, creditUsed: bigint): Promise<void> {
  const { currency, organisation_id: party } = invoice
  const [total, tax] = [BigInt(invoice.total), BigInt(invoice.tax)]
  await postLedger(unit, {
    kind: 'reopened',
    cause: { type: 'invoice', id: encodeId(idPrefixes.invoice, invoice.id) },
    at: unit.clock(),
    memo: 'An invoice that was written off is paid after all',
    postings: [
      { account: 'unsettled_sales', currency, amount: -total },
      { account: 'tax', currency, amount: -tax },
      { account: 'operator_receivable', party, currency, amount: BigInt(invoice.card) + tax },
      { account: 'operator_credit', party, currency, amount: creditUsed },
      { account: 'bad_debt', currency, amount: BigInt(invoice.account_credit) - creditUsed },
      {
        account: 'credit_cost',
        currency,
        amount: BigInt(invoice.service_credit) + BigInt(invoice.granted_credit),
      },
      { account: 'launch_cost', currency, amount: BigInt(invoice.launch_free) },
    ],
  })
}
