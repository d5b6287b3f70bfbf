import { encodeId, idPrefixes } from '@bizq/sdk/contract'

interface Line {
  /** UUID. */
  id: string
  description: string
  /** What the card pays of it, in minor units. */
  card: number
}

export interface StripeItem {
  /** What causes it: a line, or the first of those that share the last item. */
  line: string
  amount: number
  description: string
}

/** https://docs.stripe.com/api/invoiceitems/create: up to 250 items per invoice. */
const most = 250

/** One item for each line that the card pays; those that Stripe has no room for stand together in the last one. */
export function stripeItems(lines: readonly Line[]): StripeItem[] {
  const paid = lines.filter((line) => line.card !== 0)
  const item = ({ id, card, description }: Line) => ({
    line: encodeId(idPrefixes.invoiceLine, id),
    amount: card,
    description,
  })
  if (paid.length <= most) return paid.map(item)
  const rest = paid.slice(most - 1)
  const [first] = rest
  const amount = rest.reduce((sum, line) => sum + line.card, 0)
  const last = first && {
    ...item(first),
    amount,
    description: `${rest.length} more lines, as your invoice in BizQ lists them`,
  }
  return [...paid.slice(0, most - 1).map(item), ...(last ? [last] : [])]
}
