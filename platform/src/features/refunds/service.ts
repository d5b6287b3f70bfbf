import { decodeId, encodeId, idPrefixes, type Money } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { listPaidLines, presentOf } from '../billing/index.ts'
import { toMoney } from '../ledger/index.ts'
import { cancelSubscription, requireSubscription } from '../subscriptions/index.ts'
import { openLines, planRefund } from './plan.ts'
import type { MoneyBack, Refund, RefundQuery } from './schemas.ts'
import * as store from './store.ts'
import type { ToldRefundRow } from './told-store.ts'

const moneyBackMs = 30 * 86_400_000
const place = z.tuple([z.iso.datetime(), z.uuid()])
const orNull = (prefix: string, id: string | null) => (id === null ? null : encodeId(prefix, id))

/** What everybody who may see a refund sees of it. */
export function toRefund(row: Omit<ToldRefundRow, 'operator_name'>) {
  const money = (amount: bigint | number | string): Money => toMoney(amount, row.currency)
  return {
    id: encodeId(idPrefixes.refund, row.id),
    invoice: encodeId(idPrefixes.invoice, row.invoice_id),
    line: encodeId(idPrefixes.invoiceLine, row.line_id),
    service: orNull(idPrefixes.service, row.service_id),
    cause: row.cause,
    way: row.way,
    amount: money(row.amount),
    toCard: money(BigInt(row.card) + BigInt(row.tax)),
    tax: money(row.tax),
    toCredit: money(row.credit),
    promotional: money(row.promotional),
    reason: row.reason,
    state: row.state,
    failure: row.failure,
    madeAt: row.made_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}

function toOwn(row: store.RefundRow): Refund {
  return {
    ...toRefund(row),
    subscription: orNull(idPrefixes.subscription, row.subscription_id),
    business: orNull(idPrefixes.business, row.business_id),
  }
}

/** The operator's own, newest first. */
export async function listRefunds(unit: UnitOfWork, query: RefundQuery) {
  requireOrganisationKind(unit.actor, 'operator')
  const rows = await store.listRefunds(unit.tx, {
    subscription: query.subscription && decodeId(idPrefixes.subscription, query.subscription),
    invoice: query.invoice && decodeId(idPrefixes.invoice, query.invoice),
    after: decodeCursor(query.cursor, place),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.made_at.toISOString(), row.id])
  return { items: page.items.map(toOwn), next: page.next }
}

const closed = (detail: string) => new ProblemError('money-back-over', { detail })

/**
 * Money back within 30 days of a service's first payment, once for each business: everything that was paid for it goes
 * back to the card, and the subscription ends.
 */
export async function moneyBack(unit: UnitOfWork, deps: Deps, id: string): Promise<MoneyBack> {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
  const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id), true)
  const paid = await listPaidLines(unit, subscription.id)
  const [first] = paid
  if (!first?.paidAt) throw closed('Nothing was paid for this subscription. To end it, cancel it.')
  if (await store.hadMoneyBack(unit.tx, subscription.business_id, subscription.service_id))
    throw closed('The money for this service came back before; it does so once for each business.')
  const until = new Date(first.paidAt.getTime() + moneyBackMs)
  if ((await presentOf(unit)) >= until)
    throw closed(
      `It was paid first on ${first.paidAt.toISOString().slice(0, 10)}; money back was possible for 30 days. Cancelling gives back what was paid ahead.`,
    )
  await cancelSubscription(unit, deps, id)
  const planned: store.RefundRow[] = []
  for (const invoice of new Set(paid.map((line) => line.invoice)))
    for (const open of await openLines(unit, invoice)) {
      if (open.row.subscription !== subscription.id) continue
      const row = await planRefund(unit, open, { cause: 'money_back', causeId: id, way: 'card' })
      if (row) planned.push(row)
    }
  const total = planned.reduce(
    (all, row) => all + BigInt(row.card) + BigInt(row.tax) + BigInt(row.credit),
    0n,
  )
  return { items: planned.map(toOwn), total: toMoney(total, first.currency) }
}
