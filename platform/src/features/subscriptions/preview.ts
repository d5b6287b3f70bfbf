import { randomBytes, randomUUIDv7 } from 'node:crypto'
import {
  checkDraft,
  datasetNames,
  datasetOf,
  encodeId,
  fullConsent,
  idPrefixes,
  decodeId,
  keepPersonal,
  type Consent,
  type DatasetName,
} from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusiness } from '../businesses/index.ts'
import { inWords, priceOf } from '../catalogue/index.ts'
import { loadRecords, recordId } from '../data/index.ts'
import { readWindows, type Place } from '../masking/index.ts'
import {
  requireListed,
  requireOffered,
  requirePublished,
  requireTakesSubscribers,
  type PublishedRelease,
} from '../releases/index.ts'
import * as fenceRows from './fence-store.ts'
import * as grants from './grant-store.ts'
import { askedPersonal } from './personal.ts'
import { openKey, openRow, problemOf, sealKey, windowStart, type OpenGrant } from './grants.ts'
import * as rows from './preview-store.ts'
import type { NewPreview, Preview, PreviewDataset } from './schemas.ts'
import * as store from './store.ts'
import * as trials from './trial-store.ts'

const rowsShown = 20
const holdsMs = 3_600_000

/** Makes the draft grant of a preview: its own key, or the standing subscription's so that consenting anew keeps pseudonyms. */
export async function draftGrant(
  unit: UnitOfWork,
  deps: Deps,
  service: string,
  body: z.infer<typeof NewPreview>,
): Promise<{ grant: string }> {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, body.business)
  const release = await requireAskedRelease(deps, service, body.release, unit.actor)
  const consent = requireConsent(release, body.consent)
  const standing = await store.findStanding(unit.tx, business.id, release.service)
  if (!standing) await requireTakesSubscribers(deps, release.id)
  const id = randomUUIDv7()
  const row = {
    organisation: unit.actor.organisation,
    id,
    business: business.id,
    provider: release.provider,
    service: release.service,
    release: release.id,
    consent,
    price: priceOf(release.manifest),
    secret: sealKey(deps, id, standing ? await keyOf(unit, deps, standing) : randomBytes(32)),
  }
  await grants.insertDraft(unit.tx, row, new Date(Date.now() + holdsMs))
  const grant = encodeId(idPrefixes.grant, id)
  await audit(unit, 'grant.preview', {
    grant,
    business: body.business,
    release: encodeId(idPrefixes.release, release.id),
  })
  return { grant }
}

async function keyOf(unit: UnitOfWork, deps: Deps, standing: store.SubscriptionRow): Promise<Uint8Array> {
  const row = await grants.findGrant(unit.tx, standing.grant_id)
  if (!row) throw new ProblemError('not-found')
  return openKey(deps, row)
}

/** The release of a service that somebody looks at: the listed one, or another that is offered to them. */
export async function requireAskedRelease(
  deps: Deps,
  service: string,
  release: string | undefined,
  viewer: Actor,
): Promise<PublishedRelease> {
  const listed = await requireListed(deps, service, viewer)
  if (release === undefined) return listed
  const asked = await requirePublished(deps, decodeId(idPrefixes.release, release))
  if (asked.service !== listed.service)
    throw new ProblemError('not-found', { detail: 'The service has no such release.' })
  await requireOffered(deps, asked, viewer)
  return asked
}

/** What is looked at. Personal fields are only in it where they are named: leaving the consent out agrees to none. */
function requireConsent({ manifest }: PublishedRelease, given: Consent | undefined): Consent {
  const consent = given ? keepPersonal(given, () => true) : keepPersonal(fullConsent(manifest))
  const problems = checkDraft(manifest, consent)
  if (problems.length === 0) return consent
  throw new ProblemError('consent-invalid', {
    detail: problems.map(({ detail }) => detail).join('; '),
    errors: problems.map(({ pointer, detail }) => ({ pointer: `/consent${pointer}`, detail })),
  })
}

const blurred =
  'Amounts are multiplied by one secret factor: blurred, not hidden. Whoever knows one true amount knows the factor.'

/** Shows a draft grant: rows as they are and, through the very statement that a provider's read runs, as they would be seen. */
export async function showPreview(deps: Deps, actor: Actor, grant: string): Promise<z.infer<typeof Preview>> {
  const now = new Date()
  const found = await withUnitOfWork(deps, actor, async (unit) => {
    const row = await grants.findGrant(unit.tx, decodeId(idPrefixes.grant, grant))
    if (!row?.expires_at)
      throw new ProblemError('preview-expired', { detail: 'It was used already; look at a new one.' })
    const opened = await openRow(unit, deps, row)
    const fenced = new Set(
      (await fenceRows.listFences(unit.tx, row.business_id)).map(({ dataset }) => dataset),
    )
    const standing = await store.findStanding(unit.tx, row.business_id, row.service_id)
    const asked = datasetNames.filter((dataset) => opened.fields[dataset])
    const originals = []
    for (const dataset of asked) {
      originals.push({
        dataset,
        isFenced: fenced.has(dataset),
        ...(await originalsOf(unit, opened, dataset, now)),
      })
    }
    const hadTrial = await trials.hadTrial(unit.tx, row)
    return { row, opened, originals, standing, hadTrial, expiresAt: row.expires_at }
  })
  const { opened, row } = found
  const { manifest } = opened.release
  return {
    id: encodeId(idPrefixes.preview, row.id),
    grant,
    expiresAt: found.expiresAt.toISOString(),
    business: encodeId(idPrefixes.business, row.business_id),
    service: encodeId(idPrefixes.service, row.service_id),
    release: encodeId(idPrefixes.release, row.release_id),
    version: opened.release.version,
    consent: row.consent,
    // The business's trial of a service comes once: where it is used up there is none to show.
    price: found.hadTrial ? { ...row.price, trialDays: 0 } : row.price,
    money: {
      mode: row.consent.money,
      reason: manifest.money === 'scaled' ? null : manifest.money.exact,
      note: row.consent.money === 'scaled' ? blurred : 'Amounts are shown as they are.',
    },
    personal: askedPersonal(manifest, row.consent),
    inWords: inWords(manifest),
    settings: (manifest.settings ?? null) as z.infer<typeof Preview>['settings'],
    subscription: found.standing ? encodeId(idPrefixes.subscription, found.standing.id) : null,
    datasets: await seenBeside(deps, opened, found.originals, now),
  }
}

interface Originals {
  dataset: DatasetName
  isFenced: boolean
  after: Place | undefined
  rows: Record<string, unknown>[]
}

/** The newest rows of a window with all their granted fields, oldest first, and the place before them. */
async function originalsOf(unit: UnitOfWork, grant: OpenGrant, dataset: DatasetName, now: Date) {
  const from = windowStart(grant, dataset, now)
  const places = await rows.listNewest(unit.tx, {
    business: grant.business,
    dataset,
    from,
    limit: rowsShown + 1,
  })
  const before = places.length > rowsShown ? places.at(-1) : undefined
  const shown = places.slice(0, rowsShown).toReversed()
  const ids = shown.map(({ id }) => recordId(dataset, id))
  const records = await loadRecords(unit, grant.business, dataset, ids)
  const granted = Object.keys(grant.masks[dataset] ?? {})
  return {
    after: before && { at: before.at, seq: String(before.seq) },
    rows: ids.map((id) => {
      const record = records.get(id)
      return Object.fromEntries(granted.map((name) => [name, record?.[name] ?? null]))
    }),
  }
}

async function seenBeside(
  deps: Deps,
  grant: OpenGrant,
  originals: readonly Originals[],
  now: Date,
): Promise<z.infer<typeof PreviewDataset>[]> {
  const open = originals.filter(({ isFenced }) => !isFenced)
  const pages = await readWindows(
    deps.pools.masked,
    grant,
    open.map(({ dataset, after, rows }) => {
      return { dataset, from: windowStart(grant, dataset, now), after, limit: Math.max(rows.length, 1) }
    }),
  )
  const seen = new Map(
    pages.map((page, i) => {
      const { dataset } = open[i] as Originals
      if (page.refusal !== null) throw problemOf(page.refusal, dataset)
      return [dataset, JSON.parse(`[${page.items}]`) as Record<string, unknown>[]]
    }),
  )
  return originals.map(({ dataset, isFenced, rows }) => ({
    ...describeDataset(grant, dataset),
    isFenced,
    rows: isFenced ? [] : pairRows(rows, seen.get(dataset) ?? []),
  }))
}

function pairRows(originals: Record<string, unknown>[], seen: Record<string, unknown>[]) {
  const pairs = originals.map((original, i) => ({ original, seen: seen[i] ?? {} }))
  return pairs as z.infer<typeof PreviewDataset>['rows']
}

function describeDataset(grant: OpenGrant, dataset: DatasetName) {
  const asked = grant.release.manifest.data[dataset]
  const { fields } = datasetOf(dataset)
  return {
    dataset,
    purpose: asked?.purpose ?? '',
    history: grant.consent.history[dataset] ?? null,
    isOptional: asked?.optional ?? false,
    fields: Object.entries(grant.masks[dataset] ?? {}).flatMap(([name, mask]) => {
      const field = fields[name]
      return field ? [{ name, kind: field.kind, mask, description: field.description }] : []
    }),
  }
}
