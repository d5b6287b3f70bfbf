import { decodeId, encodeId, idPrefixes, type Money } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { toMoney } from '../ledger/index.ts'
import type { Refund, RefundQuery } from './schemas.ts'
import * as store from './store.ts'
import type { ToldRefundRow } from './told-store.ts'

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
    creditBack: money(BigInt(row.service_back) + BigInt(row.granted_back)),
    reason: row.reason,
    state: row.state,
    failure: row.failure,
    madeAt: row.made_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}

export function toOwn(row: store.RefundRow): Refund {
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
