import type { Schemas } from '@bizq/client'
import { formatMoney } from '@bizq/design-system'
import { m } from '#lib/paraglide/messages.js'

type ComesBack = NonNullable<Schemas['MoneyBackOffer']['back']>

/** What comes back, each way by itself. */
export function waysInWords({ toCard, toCredit, creditBack, covered }: ComesBack, locale: string): string[] {
  const said = (value: ComesBack['toCard'], words: (of: { amount: string }) => string) =>
    value.amount > 0 ? [words({ amount: formatMoney(value, locale) })] : []
  return [
    ...said(toCard, m.gvn_on_card),
    ...said(toCredit, m.gvn_as_credit),
    ...said(creditBack, m.gvn_of_credit),
    ...said(covered, m.gvn_of_covered),
  ]
}

/** What came back, when it was asked for. */
export function backInWords({ total, creditBack }: Schemas['MoneyBack'], locale: string): string {
  const [amount, credit] = [formatMoney(total, locale), formatMoney(creditBack, locale)]
  if (total.amount > 0 && creditBack.amount > 0) return m.gvn_done_both({ amount, credit })
  if (total.amount > 0) return m.bil_money_back_done({ amount })
  return creditBack.amount > 0 ? m.gvn_done_credit({ amount: credit }) : m.gvn_done_nothing()
}
