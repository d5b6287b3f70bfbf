/** What becomes of a payment with a test card: https://docs.stripe.com/testing */
export interface Card {
  number: string
  brand: 'visa' | 'mastercard' | 'amex'
  country: string
  funding: 'credit' | 'debit'
  /** The code with which every payment is declined. */
  decline: string | null
  /** Declined also when it is attached to a customer. */
  isDeclinedAtOnce: boolean
  dispute: 'fraudulent' | 'product_not_received' | null
  /** An inquiry takes no money yet. */
  isInquiry: boolean
  refund: 'at_once' | 'pending' | 'fails'
  /** The money is there at once, without the days of settlement. */
  isAvailableAtOnce: boolean
  asksForHolder: boolean
}

const plain: Omit<Card, 'number'> = {
  brand: 'visa',
  country: 'US',
  funding: 'credit',
  decline: null,
  isDeclinedAtOnce: false,
  dispute: null,
  isInquiry: false,
  refund: 'at_once',
  isAvailableAtOnce: false,
  asksForHolder: false,
}
const declined = (number: string, decline: string): Card => ({
  ...plain,
  number,
  decline,
  isDeclinedAtOnce: true,
})

/** By the name under which Stripe's tests know it. */
const byName: Record<string, Card> = {
  visa: { ...plain, number: '4242424242424242' },
  visa_debit: { ...plain, number: '4000056655665556', funding: 'debit' },
  mastercard: { ...plain, number: '5555555555554444', brand: 'mastercard' },
  amex: { ...plain, number: '378282246310005', brand: 'amex' },
  us: { ...plain, number: '4242424242424242' },
  de: { ...plain, number: '4000002760000016', country: 'DE' },
  gb: { ...plain, number: '4000008260000000', country: 'GB' },
  chargeDeclined: declined('4000000000000002', 'generic_decline'),
  visa_chargeDeclined: declined('4000000000000002', 'generic_decline'),
  chargeDeclinedInsufficientFunds: declined('4000000000009995', 'insufficient_funds'),
  visa_chargeDeclinedInsufficientFunds: declined('4000000000009995', 'insufficient_funds'),
  visa_chargeDeclinedLostCard: declined('4000000000009987', 'lost_card'),
  visa_chargeDeclinedStolenCard: declined('4000000000009979', 'stolen_card'),
  chargeDeclinedExpiredCard: declined('4000000000000069', 'expired_card'),
  chargeDeclinedIncorrectCvc: declined('4000000000000127', 'incorrect_cvc'),
  chargeDeclinedProcessingError: declined('4000000000000119', 'processing_error'),
  chargeDeclinedFraudulent: declined('4100000000000019', 'fraudulent'),
  chargeCustomerFail: { ...plain, number: '4000000000000341', decline: 'generic_decline' },
  createDispute: { ...plain, number: '4000000000000259', dispute: 'fraudulent' },
  createDisputeProductNotReceived: { ...plain, number: '4000000000002685', dispute: 'product_not_received' },
  createDisputeInquiry: { ...plain, number: '4000000000001976', dispute: 'fraudulent', isInquiry: true },
  pendingRefund: { ...plain, number: '4000000000007726', refund: 'pending' },
  refundFail: { ...plain, number: '4000000000005126', refund: 'fails' },
  bypassPending: { ...plain, number: '4000000000000077', isAvailableAtOnce: true },
  authenticationRequired: { ...plain, number: '4000002760003184', country: 'DE', asksForHolder: true },
}

/** `pm_card_visa` and its like; `tok_visa` too. */
export const cardNamed = (id: string): Card | undefined => {
  const name = /^(?:pm_card|tok)_(.+)$/.exec(id)?.[1]
  return name && Object.hasOwn(byName, name) ? byName[name] : undefined
}

export const cardNumbered = (number: string): Card | undefined =>
  Object.values(byName).find((card) => card.number === number.replaceAll(/\D/g, ''))

/** For the page that adds a card: one line each. */
export const testCards: [number: string, what: string][] = [
  ['4242424242424242', 'pays'],
  ['4000000000000077', 'pays, and the money is there at once'],
  ['4000000000000341', 'is taken, and every payment is declined'],
  ['4000000000000002', 'is declined at once'],
  ['4000000000009995', 'is declined: insufficient funds'],
  ['4000000000000259', 'pays, and the payment is disputed'],
  ['4000000000007726', 'pays; a refund stays pending until it is settled'],
  ['4000000000005126', 'pays; a refund fails later'],
]

const messages: Record<string, string> = {
  insufficient_funds: 'Your card has insufficient funds.',
  expired_card: 'Your card has expired.',
  incorrect_cvc: "Your card's security code is incorrect.",
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  authentication_required: 'Your card was declined. This transaction requires authentication.',
}

/** Code, decline code and words of a declined card. */
export function declineOf(reason: string): { code: string; decline_code: string; message: string } {
  const isOwnCode = ['expired_card', 'incorrect_cvc', 'processing_error', 'authentication_required'].includes(
    reason,
  )
  return {
    code: isOwnCode ? reason : 'card_declined',
    decline_code: reason,
    message: messages[reason] ?? 'Your card was declined.',
  }
}
