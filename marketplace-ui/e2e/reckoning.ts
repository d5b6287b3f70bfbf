/** Money as invoices say it: minor units. */
interface Amount {
  amount: number
}

export interface Line {
  id: string
  kind: string
  service: { service: string } | null
  amount: Amount
  conversion: Amount
  credits: Record<'service' | 'granted' | 'launch' | 'account', Amount>
  card: Amount
}

/** What a provider earned with a service, in minor units. */
export interface Earned {
  gross: number
  processing: number
  share: number
}

/** What Stripe takes of a card’s payment: 2.9 % and 0.30. */
const feeOf = (charged: number): number => (charged === 0 ? 0 : Math.round(charged * 0.029) + 30)

/** A part of a whole for each weight; what rounding leaves goes to the largest remainders. */
function allocate(whole: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const exact = weights.map((weight) => (sum === 0 ? 0 : (whole * weight) / sum))
  const parts = exact.map(Math.floor)
  const left = sum === 0 ? 0 : whole - parts.reduce((all, part) => all + part, 0)
  const remainders = exact.map((part, i) => ({ i, rest: part - Math.floor(part) }))
  for (const { i } of remainders.toSorted((a, b) => b.rest - a.rest || a.i - b.i).slice(0, left))
    parts[i] = (parts[i] ?? 0) + 1
  return parts
}

function halfEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}

/**
 * What an invoice’s lines come to for the provider of each service, by the terms that the marketplace states: a
 * percentage of the line less what converting cost, less the line’s part of Stripe’s fee, which only cards cause.
 */
export function earnedOf(
  lines: readonly Line[],
  percentOf: (service: string) => number,
): Map<string, Earned> {
  const cards = lines.map(({ card }) => card.amount)
  const fees = allocate(feeOf(cards.reduce((all, card) => all + card, 0)), cards)
  const earned = new Map<string, Earned>()
  for (const [i, { service, amount, conversion }] of lines.entries()) {
    if (!service) continue
    const before = earned.get(service.service) ?? { gross: 0, processing: 0, share: 0 }
    const processing = fees[i] ?? 0
    const share = halfEven(((amount.amount - conversion.amount) * percentOf(service.service)) / 100)
    earned.set(service.service, {
      gross: before.gross + amount.amount,
      processing: before.processing + processing,
      share: before.share + share - processing,
    })
  }
  return earned
}
