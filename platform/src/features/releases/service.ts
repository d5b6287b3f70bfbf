import { decodeId, encodeId, idPrefixes, Manifest, type Manifest as ManifestValue } from '@bizq/sdk/contract'
import { releaseDigest, sha256 } from '@bizq/sdk/contract/host'
import type { z } from '@hono/zod-openapi'
import { systemActor, withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { checkRelease } from './checks.ts'
import { publishAsChosen } from './publication.ts'
import { requireProvider, requireRelease, requireService, showRelease, toRelease } from './release.ts'
import type { Check, NewRelease, Release, SubmittedBeside } from './schemas.ts'
import * as store from './store.ts'

export async function listReleases(unit: UnitOfWork, service: string): Promise<z.infer<typeof Release>[]> {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireService(unit, service)
  const rows = await store.listReleases(unit.tx, id)
  return rows.map((row) => toRelease(row, rows))
}

export async function getRelease(
  unit: UnitOfWork,
  service: string,
  id: string,
): Promise<z.infer<typeof Release>> {
  requireOrganisationKind(unit.actor, 'provider')
  return showRelease(unit, await requireRelease(unit, service, id))
}

function parseManifest(given: unknown, slug: string, taking?: Taking): ManifestValue {
  const parsed = Manifest.safeParse(given)
  if (!parsed.success) {
    throw new ProblemError('release-invalid', {
      detail: 'The manifest is not right. Build it anew with `bizq build` after mending the definition.',
      errors: parsed.error.issues.map((issue) => ({
        pointer: `/manifest${issue.path.map((part) => `/${String(part)}`).join('')}`,
        detail: issue.message,
      })),
    })
  }
  const refuse = (pointer: string, detail: string): never => {
    throw new ProblemError('release-invalid', { detail, errors: [{ pointer, detail }] })
  }
  if (parsed.data.service !== slug)
    refuse('/manifest/service', `must be ${slug}, the service that it is published under`)
  if (parsed.data.runtime.kind === 'remote') requireCallable(parsed.data.runtime.endpoint, refuse, taking)
  if (parsed.data.handlesPersonalData)
    refuse(
      '/manifest/handlesPersonalData',
      'needs the certificate handles-personal-data, which this service does not hold',
    )
  return parsed.data
}

type Taking = Pick<Deps, 'openTrial' | 'outgoing'>

/** Refuses a service on its provider's own server where none is tried, and an address that would never be called. */
function requireCallable(
  endpoint: string,
  refuse: (pointer: string, detail: string) => never,
  taking?: Taking,
): void {
  if (!taking?.openTrial)
    refuse(
      '/manifest/runtime',
      'remote services are not taken here yet: publish one that runs in the sandbox',
    )
  const objection = taking?.outgoing.objectionTo(endpoint)
  if (objection) refuse('/manifest/runtime/endpoint', `cannot be called: ${objection}`)
}

/** Takes a release in. The same version with the same content is the same release; with another it is refused. */
export async function submitRelease(
  unit: UnitOfWork,
  service: string,
  body: z.input<typeof NewRelease>,
  taking?: Taking,
): Promise<{ release: string }> {
  requireProvider(unit)
  const { id, slug } = await requireService(unit, service)
  const manifest = parseManifest(body.manifest, slug, taking)
  if (manifest.runtime.kind === 'sandbox' && body.bundle === '')
    throw new ProblemError('release-invalid', {
      detail: 'A release that runs in the sandbox needs its bundle.',
      errors: [{ pointer: '/bundle', detail: 'is empty: send bundle.js as `bizq build` wrote it' }],
    })
  const digest = releaseDigest(manifest, body.bundle)
  const { organisation } = unit.actor
  const hash = sha256(body.bundle)
  await store.insertBundle(unit.tx, organisation, hash, Buffer.from(body.bundle))
  const row = await store.insertRelease(unit.tx, {
    organisation,
    service: id,
    manifest,
    digest,
    bundleDigest: hash,
    numbers: versionNumbers(manifest.version),
    listingText: listingText(manifest),
    publication: body.publication ?? { kind: 'all' },
  })
  if (!row) {
    const hasMore = body.documents !== undefined || body.cases !== undefined
    const mayDiffer = hasMore || manifest.runtime.kind === 'remote'
    return { release: await sameRelease(unit, id, manifest.version, digest, mayDiffer) }
  }
  const release = encodeId(idPrefixes.release, row.id)
  await audit(unit, 'release.submit', { release, version: row.version, digest })
  unit.emit('release.submitted', { release, service: encodeId(idPrefixes.service, id) })
  return { release }
}

async function sameRelease(
  unit: UnitOfWork,
  service: string,
  version: string,
  digest: string,
  mayDiffer: boolean,
): Promise<string> {
  const known = await store.findVersion(unit.tx, service, version)
  if (known?.digest !== digest) {
    throw new ProblemError('already-exists', {
      detail: `Version ${version} was submitted with other content. Releases never change: raise the version.`,
    })
  }
  const release = encodeId(idPrefixes.release, known.id)
  // What is beside the digest, or a provider's own server, can be mended without a new version: then a draft is checked anew.
  if (mayDiffer && known.state === 'draft') {
    await store.updateRelease(unit.tx, known.id, { state: 'submitted' })
    await audit(unit, 'release.submit', { release, version, digest })
  }
  return release
}

function versionNumbers(version: string) {
  const [numbers = '', prerelease] = version.split(/-(.*)/s)
  const [major = 0, minor = 0, patch = 0] = numbers.split('.').map(Number)
  return { major, minor, patch, isPrerelease: prerelease !== undefined }
}

function listingText(manifest: ManifestValue): string {
  return [manifest.name, manifest.summary, manifest.category, ...manifest.capabilities]
    .join(' ')
    .replaceAll(/[_/-]/g, ' ')
}

/**
 * Checks a submitted release and publishes it, or hands it back as a draft with what failed. Does
 * nothing to a release that is past this: it may be run again after a crash.
 */
export async function settleRelease(
  deps: Deps,
  organisation: string,
  release: string,
  beside?: SubmittedBeside,
): Promise<void> {
  const actor = systemActor(organisation, 'provider')
  const id = decodeId(idPrefixes.release, release)
  const claimed = await withUnitOfWork(deps, actor, async (unit) => {
    const row = await store.findRelease(unit.tx, id)
    if (row?.state !== 'submitted') return undefined
    const bundle = await store.findBundle(unit.tx, row.bundle_digest)
    return bundle && { manifest: row.manifest, bundle: bundle.content.toString(), service: row.service_id }
  })
  if (!claimed) return
  const checks = await tryRelease(deps, { ...claimed, organisation, beside })
  const isSound = checks.every((check) => check.outcome !== 'failed')
  await withUnitOfWork(deps, actor, async (unit) => {
    const row = await store.lockRelease(unit.tx, id)
    if (row?.state !== 'submitted') return
    if (!isSound) {
      await store.updateRelease(unit.tx, id, { state: 'draft', checks })
      await audit(unit, 'release.hand-back', { release })
      return
    }
    await store.updateRelease(unit.tx, id, { state: 'certified', checks })
    await audit(unit, 'release.certify', { release, checks: checks.length })
    await publishAsChosen(unit, row)
  })
}

/** Runs the suite on a release where it runs: in the sandbox, or on its provider's own server. */
async function tryRelease(
  deps: Deps,
  claimed: Parameters<typeof checkRelease>[1] & { organisation: string; service: string },
): Promise<Check[]> {
  const { manifest, organisation, service } = claimed
  const isRemote = manifest.runtime.kind === 'remote'
  const trial = isRemote ? deps.openTrial?.({ organisation, service, manifest }) : undefined
  try {
    return await checkRelease(deps, { ...claimed, remote: trial?.ground })
  } finally {
    await trial?.close()
  }
}

/** A release as its provider sees it, in a unit of its own. */
export function readRelease(deps: Deps, actor: Actor, service: string, release: string) {
  return withUnitOfWork(deps, actor, (unit) => getRelease(unit, service, release))
}
