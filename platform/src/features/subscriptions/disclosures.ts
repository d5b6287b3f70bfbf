import { datasetOf, decodeId, encodeId, idPrefixes, isPersonalField } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { auditAll } from '../audit/index.ts'
import { describeReleases } from '../releases/index.ts'
import * as store from './grant-store.ts'
import type { OpenGrant } from './grants.ts'
import type { Materialised } from './materialise.ts'
import type { Disclosure, Grant } from './schemas.ts'
import { lockSubscriptions, type SubscriptionRow } from './store.ts'
import { requireSubscription } from './subscription.ts'
import { uuidPlace } from './place.ts'

const windowsADay = 5

/**
 * Refuses with `read-allowance-reached` when these rows would take the subscription over what may be
 * read in 24 hours: what the operator set, by default five windows. Locks the subscription, so that
 * two claims at once do not both pass. Replays do not ask.
 */
export async function requireAllowance(unit: UnitOfWork, subscription: string, rows: number): Promise<void> {
  const row = await requireSubscription(unit, subscription, true)
  const [recent] = await store.listRecentReads(unit.tx, [subscription])
  const used = recent?.rows ?? 0
  const allowance = allowanceOf(row, rows, recent)
  if (rows === 0 || used + rows <= allowance) return
  const retryAt = recent ? new Date(recent.oldest.getTime() + 86_400_000).toISOString() : null
  throw new ProblemError('read-allowance-reached', {
    detail: `${used} of ${allowance} rows were read in the last 24 hours, and this window has ${rows}. Raise the allowance of the subscription, or wait.`,
    extra: { allowance, used, rows, retryAt },
  })
}

function allowanceOf(
  { read_allowance_rows: allowed }: Pick<SubscriptionRow, 'read_allowance_rows'>,
  rows: number,
  recent: { largest: number } | undefined,
): number {
  return allowed ?? windowsADay * Math.max(rows, recent?.largest ?? 0)
}

/** Asks the same for many subscriptions at once, and locks them. Answers the ones that would be refused. */
export async function listOverAllowance(
  unit: UnitOfWork,
  reads: readonly { subscription: string; rows: number }[],
): Promise<Set<string>> {
  const ids = reads.map(({ subscription }) => subscription)
  const rows = new Map((await lockSubscriptions(unit.tx, ids)).map((row) => [row.id, row]))
  const recent = new Map((await store.listRecentReads(unit.tx, ids)).map((row) => [row.subscription_id, row]))
  const over = reads.filter(({ subscription, rows: count }) => {
    const row = rows.get(subscription)
    const read = recent.get(subscription)
    return !row || (count > 0 && (read?.rows ?? 0) + count > allowanceOf(row, count, read))
  })
  return new Set(over.map(({ subscription }) => subscription))
}

export interface LeavingRead {
  grant: OpenGrant
  /** UUID. */
  execution: string
  read: Pick<Materialised, 'datasets' | 'rows' | 'bytes'>
}

/** Records what leaves for an execution (UUID), at its claim, before the first byte does. The audit log gets its row here. */
export async function recordDisclosure(
  unit: UnitOfWork,
  grant: OpenGrant,
  execution: string,
  read: LeavingRead['read'],
): Promise<void> {
  await recordDisclosures(unit, [{ grant, execution, read }])
}

/** The same for many executions. */
export async function recordDisclosures(unit: UnitOfWork, reads: readonly LeavingRead[]): Promise<void> {
  if (reads.length === 0) return
  const rows = reads.map(({ grant, execution, read }) => {
    if (!grant.subscription) throw new RangeError('a draft grant discloses nothing')
    return {
      organisation: unit.actor.organisation,
      subscription: grant.subscription,
      grant: grant.id,
      release: grant.release.id,
      execution,
      datasets: read.datasets,
      rows: read.rows,
      bytes: read.bytes,
    }
  })
  await store.insertDisclosures(unit.tx, rows)
  await auditAll(
    unit,
    'grant.read',
    rows.map((row) => ({
      grant: encodeId(idPrefixes.grant, row.grant),
      subscription: encodeId(idPrefixes.subscription, row.subscription),
      execution: encodeId(idPrefixes.execution, row.execution),
      release: encodeId(idPrefixes.release, row.release),
      datasets: row.datasets,
      rows: row.rows,
      bytes: row.bytes,
    })),
  )
}

/** What left for a subscription, newest first. */
export async function listDisclosures(unit: UnitOfWork, deps: Deps, subscription: string, page: PageQuery) {
  const { id } = await requireSubscription(unit, decodeId(idPrefixes.subscription, subscription))
  const after = decodeCursor(page.cursor, uuidPlace)?.[0]
  const found = pageOf(
    await store.listDisclosures(unit.tx, id, { after, limit: page.limit }),
    page.limit,
    (row) => [row.id],
  )
  const releases = await describeReleases(
    deps,
    found.items.map((row) => row.release_id),
  )
  const items = found.items.map((row): z.infer<typeof Disclosure> => ({
    id: row.id,
    at: row.at.toISOString(),
    execution: row.execution_id && encodeId(idPrefixes.execution, row.execution_id),
    grant: encodeId(idPrefixes.grant, row.grant_id),
    release: encodeId(idPrefixes.release, row.release_id),
    version: releases.get(row.release_id)?.version ?? '',
    rows: row.row_count,
    bytes: row.byte_count,
    datasets: row.datasets.map((each) => ({ ...each, personal: personalAmong(each) })),
  }))
  return { items, next: found.next }
}

function personalAmong({ dataset, fields }: store.DisclosedDataset): string[] {
  const definitions = datasetOf(dataset).fields
  return fields.filter((name) => definitions[name] && isPersonalField(definitions[name]))
}

/** Every consent that was given for a subscription, newest first. */
export async function listGrants(
  unit: UnitOfWork,
  deps: Deps,
  subscription: string,
): Promise<z.infer<typeof Grant>[]> {
  const { id } = await requireSubscription(unit, decodeId(idPrefixes.subscription, subscription))
  const rows = await store.listGrants(unit.tx, id)
  const releases = await describeReleases(
    deps,
    rows.map((row) => row.release_id),
  )
  return rows.map((row) => ({
    id: encodeId(idPrefixes.grant, row.id),
    release: encodeId(idPrefixes.release, row.release_id),
    version: releases.get(row.release_id)?.version ?? '',
    state: row.state,
    consent: row.consent,
    price: row.price,
    activatedAt: row.activated_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    personalGivenBy: row.personal_given_by && encodeId(idPrefixes.user, row.personal_given_by),
    personalGivenAt: row.personal_given_at?.toISOString() ?? null,
  }))
}
