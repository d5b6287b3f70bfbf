import {
  datasetNames,
  datasetOf,
  decodeId,
  grantMasks,
  historyDays,
  idPrefixes,
  type Consent,
  type DatasetName,
  type GrantMasks,
  type Mask,
} from '@bizq/sdk/contract'
import { scaleFactor } from '@bizq/sdk/contract/host'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError, type ProblemSlug } from '../../problems.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import type { MaskedGrant } from '../masking/index.ts'
import { describeReleases, requirePublished, type PublishedRelease } from '../releases/index.ts'
import * as store from './grant-store.ts'
import { requireSubscription } from './subscription.ts'

/** A grant with its secret: all that reads, masks and takes masks back. Ids are UUIDs. It is never sent anywhere. */
export interface OpenGrant extends MaskedGrant {
  subscription: string | null
  state: 'draft' | 'active' | 'ended'
  release: PublishedRelease
  consent: Consent
  /** The mask of every field that leaves or is withheld. */
  masks: GrantMasks
  timeZone: string
}

const exact = 1_000
const purpose = 'subscription-key'

/** Seals a subscription's key for one grant: under another grant's id it does not open. */
export function sealKey(deps: Pick<Deps, 'keyring'>, grant: string, key: Uint8Array): Buffer {
  return deps.keyring.seal(purpose, Buffer.concat([Buffer.from(grant.replaceAll('-', ''), 'hex'), key]))
}

export function openKey(deps: Pick<Deps, 'keyring'>, row: Pick<store.GrantRow, 'id' | 'secret'>): Uint8Array {
  const plain = deps.keyring.open(purpose, row.secret)
  if (plain.subarray(0, 16).toString('hex') !== row.id.replaceAll('-', ''))
    throw new Error('a key stands under another grant')
  return new Uint8Array(plain.subarray(16))
}

/** Opens the grant of a row: unseals its key and reads its release. */
export async function openRow(unit: UnitOfWork, deps: Deps, row: store.GrantRow): Promise<OpenGrant> {
  const release = await requirePublished(deps, row.release_id)
  const business = await requireBusinessRow(unit, row.business_id)
  return openWith(deps, row, release, business)
}

/** The grants of these businesses by their UUIDs, opened with one query for each kind of thing. What is not there is left out. */
export async function openGrants(
  unit: UnitOfWork,
  deps: Deps,
  ids: readonly string[],
  businesses: ReadonlyMap<string, BusinessRow>,
): Promise<Map<string, OpenGrant>> {
  const rows = await store.findGrants(unit.tx, ids)
  const releases = await describeReleases(
    deps,
    rows.map((row) => row.release_id),
  )
  const opened = new Map<string, OpenGrant>()
  for (const row of rows) {
    const [release, business] = [releases.get(row.release_id), businesses.get(row.business_id)]
    if (release && business) opened.set(row.id, openWith(deps, row, release, business))
  }
  return opened
}

function openWith(
  deps: Deps,
  row: store.GrantRow,
  release: PublishedRelease,
  business: BusinessRow,
): OpenGrant {
  const key = openKey(deps, row)
  const masks = grantMasks(release.manifest, row.consent)
  return {
    id: row.id,
    organisation: business.organisation_id,
    business: row.business_id,
    subscription: row.subscription_id,
    state: row.state,
    key,
    factor: row.consent.money === 'exact' ? exact : scaleFactor(key),
    fields: fieldsWhere(masks, (mask) => mask !== 'withheld'),
    withheld: fieldsWhere(masks, (mask) => mask === 'withheld'),
    release,
    consent: row.consent,
    masks,
    timeZone: business.time_zone,
  }
}

function fieldsWhere(masks: GrantMasks, isMeant: (mask: Mask) => boolean): MaskedGrant['fields'] {
  const fields: Partial<Record<DatasetName, string[]>> = {}
  for (const dataset of datasetNames) {
    const left = Object.entries(masks[dataset] ?? {}).filter(([, mask]) => isMeant(mask))
    if (left.length) fields[dataset] = left.map(([name]) => name)
  }
  return fields
}

/** The grant of a subscription (by UUID) with its key. */
export async function openGrant(unit: UnitOfWork, deps: Deps, subscription: string): Promise<OpenGrant> {
  const { grant_id: id } = await requireSubscription(unit, subscription)
  const row = await store.findGrant(unit.tx, id)
  if (!row) throw new ProblemError('not-found')
  return openRow(unit, deps, row)
}

/** A grant by its id on the wire, with its key. Refuses with not-found what is not there or not yours. */
export async function openGrantById(unit: UnitOfWork, deps: Deps, grant: string): Promise<OpenGrant> {
  const row = await store.findGrant(unit.tx, decodeId(idPrefixes.grant, grant))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such grant in your organisation.' })
  return openRow(unit, deps, row)
}

/** Where a dataset's window starts at this moment: a day or an instant, by its time field; null is everything. */
export function windowStart(
  grant: Pick<OpenGrant, 'consent' | 'timeZone'>,
  dataset: DatasetName,
  now: Date,
): string | null {
  const { time, fields } = datasetOf(dataset)
  const history = grant.consent.history[dataset]
  if (time === null || history === undefined) return null
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(grant.timeZone)
    .toPlainDate()
  const first = today.subtract({ days: historyDays(history) })
  return fields[time]?.kind === 'date'
    ? first.toString()
    : first.toZonedDateTime(grant.timeZone).toInstant().toString()
}

const refusals: Record<string, readonly [ProblemSlug, string]> = {
  stopped: ['stopped', 'Everything of your organisation is stopped. Take the stop back to go on.'],
  fenced: ['grant-not-active', 'The business is fenced off from every provider.'],
  'dataset-fenced': ['grant-not-active', 'is fenced off from every provider.'],
  ended: ['grant-not-active', 'The grant has ended.'],
  expired: ['preview-expired', 'The preview is over; look at a new one.'],
  paused: ['grant-not-active', 'The subscription is paused.'],
  unpaid: ['grant-not-active', 'Everything is paused until an invoice is paid.'],
  'no-plan': ['grant-not-active', 'The organisation is on no plan.'],
  resting: ['grant-not-active', 'The business rests under the organisation’s plan.'],
  'release-withdrawn': ['grant-not-active', 'The release was suspended or withdrawn.'],
  cancelled: ['grant-not-active', 'The subscription is cancelled.'],
  'not-found': ['not-found', 'There is no such grant in your organisation.'],
  'amount-too-large': ['conflict', 'holds an amount that is, multiplied, more than JSON can hold exactly.'],
}

/** The problem behind a refusal of a masked read. */
export function problemOf(refusal: string, dataset: DatasetName): ProblemError {
  const [slug, words] = refusals[refusal] ?? ['grant-not-active', `It is ${refusal}.`]
  const isOfDataset = refusal === 'dataset-fenced' || refusal === 'amount-too-large'
  return new ProblemError(slug, {
    detail: isOfDataset ? `${dataset} ${words}` : words,
    extra: { dataset, refusal },
  })
}
