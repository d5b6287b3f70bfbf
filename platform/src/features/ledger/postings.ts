import type { LedgerAccount, Posting } from './accounts.ts'
import type { LineSplit, Reversal } from './money/split.ts'

const posting = (currency: string, account: LedgerAccount, amount: bigint, party?: string): Posting => ({
  account,
  currency,
  amount,
  ...(party === undefined ? {} : { party }),
})

/** Where the money of a paid line goes. Without a provider it is the platform's own line. */
export function saleSettled(currency: string, split: LineSplit, provider: string | null): Posting[] {
  const { line, share, processing, conversion, platform } = split
  if (provider === null && share + processing !== 0n)
    throw new RangeError('a line of the platform’s own has no provider’s share')
  return [
    posting(currency, 'unsettled_sales', line),
    ...(provider === null ? [] : [posting(currency, 'provider_payable', -share, provider)]),
    posting(currency, 'processing', -processing),
    posting(currency, 'conversion_revenue', -conversion),
    posting(currency, 'platform_revenue', -platform),
  ]
}

/** What a refund takes from whom, and where it goes: back to the card, or to the operator's account credit. */
export function saleReversed(
  currency: string,
  reversal: Reversal,
  parties: {
    provider: string | null
    /** Where the operator's money goes. `disputes`: Stripe took it for a dispute. */
    to: { account: 'stripe_balance' | 'disputes' } | { account: 'operator_credit'; operator: string }
    /** What had paid the promotional part. */
    promotional?: 'credit_cost' | 'launch_cost'
  },
): Posting[] {
  const { share, conversion, platform, real, promotional } = reversal
  const { provider, to } = parties
  if (provider === null && share !== 0n)
    throw new RangeError('a line of the platform’s own has no provider’s share')
  return [
    ...(provider === null ? [] : [posting(currency, 'provider_payable', share, provider)]),
    posting(currency, 'platform_revenue', platform),
    posting(currency, 'conversion_revenue', conversion),
    'operator' in to
      ? posting(currency, 'operator_credit', -real, to.operator)
      : posting(currency, to.account, -real),
    posting(currency, parties.promotional ?? 'credit_cost', -promotional),
  ]
}
