import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { nothingGiven, type GivenBack } from './given-back-store.ts'
import type { BuiltInvoice, BuiltLine } from './invoice/build.ts'
import type { InvoiceRow, LineRow } from './invoice/store.ts'
import type { Names } from './names.ts'
import type { InvoiceLine, InvoiceSummary } from './schemas.ts'

export const money = (amount: number | bigint, currency: string) => ({ amount: Number(amount), currency })

export const spanOf = ({ from, to }: { from: Date; to: Date }) => ({
  from: from.toISOString(),
  to: to.toISOString(),
})

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

export function creditsOf(
  {
    service,
    granted,
    launch,
    account,
  }: Record<'service' | 'granted' | 'launch' | 'account', number | bigint>,
  currency: string,
) {
  return {
    service: money(service, currency),
    granted: money(granted, currency),
    launch: money(launch, currency),
    account: money(account, currency),
  }
}

/** An invoice as the API shows it in lists. */
export function toSummary(row: InvoiceRow, given: GivenBack): z.infer<typeof InvoiceSummary> {
  const { currency } = row
  return {
    id: encodeId(idPrefixes.invoice, row.id),
    number: row.number,
    kind: row.kind,
    state: row.state,
    plan: row.plan,
    period: spanOf({ from: row.period_start, to: row.period_end }),
    madeAt: row.made_at.toISOString(),
    paidAt: iso(row.paid_at),
    total: money(row.total, currency),
    credits: creditsOf(
      {
        service: row.service_credit,
        granted: row.granted_credit,
        launch: row.launch_free,
        account: row.account_credit,
      },
      currency,
    ),
    card: money(row.card, currency),
    tax: money(row.tax, currency),
    refunded: money(given.refunded + given.tax, currency),
    taken: money(given.taken + given.takenTax, currency),
    creditBack: money(given.creditBack, currency),
    covered: money(given.covered, currency),
    hostedUrl: row.hosted_url,
    failure: row.failure,
    nextAttemptAt: iso(row.next_attempt_at),
  }
}

function refsOf(
  of: { subscription: string | null; business: string | null; service: string | null },
  names: Names,
) {
  return {
    subscription: of.subscription === null ? null : encodeId(idPrefixes.subscription, of.subscription),
    business:
      of.business === null
        ? null
        : { id: encodeId(idPrefixes.business, of.business), name: names.business(of.business) },
    service: of.service === null ? null : namedService(of.service, names),
  }
}

export function namedService(id: string, names: Names) {
  const { name, slug } = names.service(id)
  return { id: encodeId(idPrefixes.service, id), service: slug, name }
}

export function toLine(
  row: LineRow,
  currency: string,
  names: Names,
  given: GivenBack = nothingGiven,
): z.infer<typeof InvoiceLine> {
  return {
    id: encodeId(idPrefixes.invoiceLine, row.id),
    kind: row.kind,
    description: row.description,
    ...refsOf(
      { subscription: row.subscription_id, business: row.business_id, service: row.service_id },
      names,
    ),
    from: row.from_at.toISOString(),
    to: row.to_at.toISOString(),
    quantity: row.quantity,
    price: money(row.price_amount, row.price_currency),
    rate: row.rate,
    gross: money(row.gross, currency),
    conversion: money(row.conversion, currency),
    discount: money(row.discount, currency),
    discounts: row.discounts.map(({ name, amount }) => ({ words: name, amount: money(amount, currency) })),
    amount: money(row.amount, currency),
    credits: creditsOf(
      {
        service: row.service_credit,
        granted: row.granted_credit,
        launch: row.launch_free,
        account: row.account_credit,
      },
      currency,
    ),
    card: money(row.card, currency),
    ...ofLine(given, currency),
  }
}

const ofLine = ({ refunded, taken, creditBack, covered }: GivenBack, currency: string) => ({
  refunded: money(refunded, currency),
  taken: money(taken, currency),
  creditBack: money(creditBack, currency),
  covered: money(covered, currency),
})

/** A line of an invoice that is not made yet. */
export function toUpcomingLine(line: BuiltLine, currency: string, names: Names): z.infer<typeof InvoiceLine> {
  return {
    id: null,
    kind: line.kind,
    description: line.description,
    ...refsOf(
      {
        subscription: line.of?.subscription ?? null,
        business: line.of?.business ?? null,
        service: line.of?.service ?? null,
      },
      names,
    ),
    ...spanOf(line.span),
    quantity: line.quantity,
    price: money(line.amount, line.currency),
    rate: line.rate,
    gross: money(line.gross, currency),
    conversion: money(line.conversion, currency),
    discount: money(line.discount, currency),
    discounts: line.discounts.map(({ name, amount }) => ({ words: name, amount: money(amount, currency) })),
    amount: money(line.net, currency),
    credits: creditsOf(
      {
        service: line.serviceCredit,
        granted: line.grantedCredit,
        launch: line.free,
        account: line.accountCredit,
      },
      currency,
    ),
    card: money(line.card, currency),
    ...ofLine(nothingGiven, currency),
  }
}

export function upcomingSums({ total, used, free, card }: BuiltInvoice, currency: string) {
  return {
    total: money(total, currency),
    credits: creditsOf({ ...used, launch: free }, currency),
    card: money(card, currency),
  }
}
