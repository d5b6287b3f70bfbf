import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin, requireOrganisationKind } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { listMembers } from '../identity/index.ts'
import { namesOf } from '../ledger/index.ts'
import { findAccount } from './account-store.ts'
import * as store from './grant-store.ts'
import type { CreditGrant, OwnCredit } from './offer-schemas.ts'
import { sumCredits } from './offer-store.ts'
import { money } from './present.ts'

/** Of each grant what is left, when the oldest is used first. */
export function leftOfGrants(amounts: readonly number[], left: number): number[] {
  let used = amounts.reduce((sum, amount) => sum + amount, 0) - left
  return amounts.map((amount) => {
    const taken = Math.min(amount, Math.max(0, used))
    used -= taken
    return amount - taken
  })
}

/** What the platform granted the operator, newest first, and what is left of each. */
export async function listOwnCredits(unit: UnitOfWork): Promise<z.infer<typeof OwnCredit>[]> {
  requireOrganisationKind(unit.actor, 'operator')
  const currency = (await findAccount(unit.tx))?.currency ?? 'USD'
  const rows = await store.listGranted(unit.tx, currency)
  const { granted } = await sumCredits(unit.tx, currency)
  const left = leftOfGrants(
    rows.map(({ amount }) => amount),
    granted,
  )
  return rows
    .map((row, i) => ({
      amount: money(row.amount, currency),
      left: money(left[i] ?? 0, currency),
      reason: row.reason ?? '',
      at: row.at.toISOString(),
    }))
    .toReversed()
}

/** What the platform granted, to whom, why, and who of its people did, newest first. */
export async function listGrants(
  unit: UnitOfWork,
  deps: Deps,
  query: z.infer<typeof PageQuery>,
): Promise<{ items: z.infer<typeof CreditGrant>[]; next: string | null }> {
  requireAdmin(unit.actor)
  const rows = await store.listGrants(unit.tx, {
    after: decodeCursor(query.cursor, z.tuple([z.iso.datetime(), z.uuid()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.at.toISOString(), row.id])
  const names = await namesOf(
    deps.directory,
    page.items.map((row) => row.operator_id),
  )
  const people = new Map((await listMembers(unit)).map(({ user, name }) => [user, name]))
  return {
    items: page.items.map((row) => ({
      operator: {
        id: encodeId(idPrefixes.organisation, row.operator_id),
        name: names.get(row.operator_id) ?? '',
      },
      amount: money(row.amount, row.currency),
      reason: row.reason,
      at: row.at.toISOString(),
      by: row.granted_by === null ? null : (people.get(encodeId(idPrefixes.user, row.granted_by)) ?? null),
    })),
    next: page.next,
  }
}
