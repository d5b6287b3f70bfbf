import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import { audit } from '../../audit/index.ts'
import { postLedger } from '../../ledger/index.ts'
import { accountNow, lockAccount } from '../account.ts'
import { insertCredit } from '../offer-store.ts'
import { resumeIfPaid } from './paid.ts'
import * as store from './store.ts'
import { asOperator } from './write.ts'

/**
 * An invoice that will never be paid: somebody voided it at Stripe, or wrote it off. What was booked of it is taken
 * back, and the credit that it had used is there again.
 */
export async function markEnded(
  unit: UnitOfWork,
  of: { organisation: string; invoice: string },
  state: 'void' | 'uncollectible',
): Promise<void> {
  const ended = await asOperator(unit, of.organisation, async (theirs) => {
    const account = await lockAccount(theirs)
    const row = await store.lockInvoice(theirs.tx, of.invoice)
    if (!row || (row.state !== 'draft' && row.state !== 'open')) return undefined
    const invoice = await store.updateInvoice(theirs.tx, row.id, {
      state,
      next_attempt_at: null,
      failure: null,
    })
    for (const [kind, amount] of [
      ['account', invoice.account_credit],
      ['granted', invoice.granted_credit],
    ] as const)
      if (amount > 0)
        await insertCredit(theirs.tx, {
          organisation_id: invoice.organisation_id,
          kind,
          currency: invoice.currency,
          amount,
          cause_type: 'invoice_ended',
          cause_id: invoice.id,
          reason: null,
          at: accountNow(theirs, account),
        })
    await audit(theirs, 'invoice.end', { invoice: encodeId(idPrefixes.invoice, row.id), state })
    await resumeIfPaid(theirs, account, accountNow(theirs, account))
    return invoice
  })
  if (!ended) return
  const { currency, organisation_id: party } = ended
  const [total, tax] = [BigInt(ended.total), BigInt(ended.tax)]
  await postLedger(unit, {
    kind: 'ended',
    cause: { type: 'invoice', id: encodeId(idPrefixes.invoice, ended.id) },
    at: unit.clock(),
    memo: `An invoice is ${state}`,
    postings: [
      { account: 'unsettled_sales', currency, amount: total },
      { account: 'tax', currency, amount: tax },
      { account: 'operator_receivable', party, currency, amount: -BigInt(ended.card) - tax },
      { account: 'operator_credit', party, currency, amount: -BigInt(ended.account_credit) },
      {
        account: 'credit_cost',
        currency,
        amount: -BigInt(ended.service_credit) - BigInt(ended.granted_credit),
      },
      { account: 'launch_cost', currency, amount: -BigInt(ended.launch_free) },
    ],
  })
}
