import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { namesOf, toMoney } from '../ledger/index.ts'
import * as disputes from './dispute-store.ts'
import type { AdminRefund, AdminRefundQuery, CardDispute } from './schemas.ts'
import { toRefund } from './service.ts'
import * as told from './told-store.ts'

const place = z.tuple([z.iso.datetime(), z.uuid()])

export function toTold(row: told.ToldRefundRow): AdminRefund {
  const { share, conversion, platform, currency } = row
  const isBorne = share !== null && conversion !== null && platform !== null
  return {
    ...toRefund(row),
    operator: { id: encodeId(idPrefixes.organisation, row.organisation_id), name: row.operator_name },
    provider: row.provider_id === null ? null : encodeId(idPrefixes.organisation, row.provider_id),
    borne: isBorne
      ? {
          provider: toMoney(share, currency),
          platform: toMoney(platform, currency),
          conversion: toMoney(conversion, currency),
        }
      : null,
    stripeRefund: row.stripe_refund,
    settledAt: row.settled_at?.toISOString() ?? null,
  }
}

/** Refunds of every operator, newest first. */
export async function listTold(unit: UnitOfWork, deps: Deps, query: AdminRefundQuery) {
  requireAdmin(unit.actor)
  const rows = await told.listTold(deps.directory, {
    operator: query.operator && decodeId(idPrefixes.organisation, query.operator),
    cause: query.cause,
    state: query.state,
    after: decodeCursor(query.cursor, place),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.made_at.toISOString(), row.id])
  return { items: page.items.map(toTold), next: page.next }
}

/** What cardholders' banks took or ask about, newest first. */
export async function listCardDisputes(unit: UnitOfWork, deps: Deps, query: PageQuery) {
  requireAdmin(unit.actor)
  const rows = await disputes.listDisputes(unit.tx, {
    after: decodeCursor(query.cursor, place),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.opened_at.toISOString(), row.id])
  const names = await namesOf(
    deps.directory,
    page.items.map(({ operator_id }) => operator_id),
  )
  return { items: page.items.map((row) => toDispute(row, names)), next: page.next }
}

function toDispute(row: disputes.CardDisputeRow, names: ReadonlyMap<string, string>): CardDispute {
  return {
    id: encodeId(idPrefixes.cardDispute, row.id),
    stripeDispute: row.stripe_dispute,
    operator: {
      id: encodeId(idPrefixes.organisation, row.operator_id),
      name: names.get(row.operator_id) ?? '',
    },
    invoice: encodeId(idPrefixes.invoice, row.invoice_id),
    amount: toMoney(row.amount, row.currency),
    fee: toMoney(row.fee, row.currency),
    reason: row.reason,
    status: row.status,
    stage: row.stage,
    dueAt: row.due_at?.toISOString() ?? null,
    evidence: row.evidence_at === null ? null : (row.evidence as CardDispute['evidence']),
    evidenceAt: row.evidence_at?.toISOString() ?? null,
    openedAt: row.opened_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  }
}
