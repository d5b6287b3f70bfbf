import { encodeId, idPrefixes, type Money } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import { numberOf } from '../subscriptions/index.ts'
import type { Dispute } from './schemas.ts'
import * as store from './store.ts'

const money = (amount: number | null, currency: string | null): Money | null =>
  amount === null || currency === null ? null : { amount, currency }

const idOf = (prefix: string, id: string | null) => (id === null ? null : encodeId(prefix, id))

/** Disputes as their side sees them: only the platform learns names. */
export async function toDisputes(
  deps: Pick<Deps, 'directory' | 'keyring'>,
  rows: readonly store.DisputeRow[],
): Promise<Dispute[]> {
  const ids = rows.flatMap((row) =>
    row.side === 'platform' && row.operator_id && row.provider_id ? [row.operator_id, row.provider_id] : [],
  )
  const names = new Map(
    (await store.listNames(deps.directory, [...new Set(ids)])).map((row) => [row.id, row.name]),
  )
  return rows.map((row) => toDispute(row, names, subscriberOf(deps, row)))
}

/** The end of the number under which its provider knows the subscriber everywhere else. */
function subscriberOf({ keyring }: Pick<Deps, 'keyring'>, row: store.DisputeRow): string | null {
  if (row.side !== 'provider' || row.subscriber_id === null) return null
  return numberOf(keyring, 'subscriber', row.organisation_id, row.subscriber_id).slice(-4)
}

function toDispute(
  row: store.DisputeRow,
  names: ReadonlyMap<string, string>,
  subscriber: string | null,
): Dispute {
  const isWaiting = row.state === 'open' || row.state === 'answered'
  const party = (id: string | null) => ({
    id: encodeId(idPrefixes.organisation, id ?? ''),
    name: names.get(id ?? '') ?? '',
  })
  return {
    id: encodeId(idPrefixes.dispute, row.id),
    service: {
      id: encodeId(idPrefixes.service, row.service_id),
      service: row.service_slug,
      name: row.service_name,
    },
    version: row.release_version,
    about: row.about,
    actionType: row.action_type,
    reason: row.reason,
    words: row.words,
    wish: row.wish,
    amount: money(row.asked_amount, row.asked_currency),
    state: row.state,
    openedAt: row.opened_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    isOverdue: isWaiting && row.due_at.getTime() < Date.now(),
    answer: row.answer,
    answeredAt: row.answered_at?.toISOString() ?? null,
    outcome: row.outcome,
    decision: row.decision,
    credit: money(row.credit_amount, row.credit_currency),
    endedAt: row.ended_at?.toISOString() ?? null,
    own:
      row.side === 'operator'
        ? {
            words: row.own_words ?? '',
            business: encodeId(idPrefixes.business, row.business_id ?? ''),
            subscription: encodeId(idPrefixes.subscription, row.subscription_id ?? ''),
            action: idOf(idPrefixes.action, row.action_id),
            execution: idOf(idPrefixes.execution, row.execution_id),
          }
        : null,
    subscriber,
    parties:
      row.side === 'platform' ? { operator: party(row.operator_id), provider: party(row.provider_id) } : null,
  }
}
