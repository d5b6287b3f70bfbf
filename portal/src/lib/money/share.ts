import type { MoneyValue } from '@bizq/design-system'

/** What Stripe asks of a card payment, in basis points; its fixed part is of the whole invoice and shared by its lines. */
const processingBasisPoints = 290

export interface Share {
  /** The provider's part of the price. */
  share: MoneyValue
  /** What of it goes to processing, without the fixed part. */
  processing: MoneyValue
  /** What is left of the share. */
  left: MoneyValue
}

/** What of a price is its provider's, as it is reckoned for an invoice paid by card in the price's own currency. */
export function shareOf(price: MoneyValue, percent: number): Share {
  const { amount, currency } = price
  const share = Math.round((amount * percent) / 100)
  const processing = Math.min(share, Math.round((amount * processingBasisPoints) / 10_000))
  return {
    share: { amount: share, currency },
    processing: { amount: processing, currency },
    left: { amount: share - processing, currency },
  }
}
