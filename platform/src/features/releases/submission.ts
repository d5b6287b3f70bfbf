import { encodeId, idPrefixes, Manifest, type Manifest as ManifestValue } from '@bizq/sdk/contract'
import { releaseDigest, sha256 } from '@bizq/sdk/contract/host'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRoom } from '../../http/room.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { keepBeside } from './documents.ts'
import { requireProvider, requireService } from './release.ts'
import type { NewRelease, SubmittedBeside } from './schemas.ts'
import * as store from './store.ts'

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
  await requireRoomToCheck(unit, await store.findVersion(unit.tx, id, manifest.version))
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
    return { release: await sameRelease(unit, id, manifest.version, digest, mayDiffer ? body : undefined) }
  }
  const release = encodeId(idPrefixes.release, row.id)
  await keepBeside(unit, row.id, body)
  await audit(unit, 'release.submit', { release, version: row.version, digest })
  unit.emit('release.submitted', { release, service: encodeId(idPrefixes.service, id) })
  return { release }
}

/** Checks take minutes of what everybody's executions run on. What is there already is not checked again. */
async function requireRoomToCheck(unit: UnitOfWork, known: store.ReleaseRow | undefined): Promise<void> {
  if (known && known.state !== 'draft') return
  await requireRoom(unit, 'checks', async () => (await store.countSubmitted(unit.tx)).unchecked)
  if (!known) await requireRoom(unit, 'releases', async () => (await store.countSubmitted(unit.tx)).today)
}

async function sameRelease(
  unit: UnitOfWork,
  service: string,
  version: string,
  digest: string,
  beside: SubmittedBeside | undefined,
): Promise<string> {
  const known = await store.findVersion(unit.tx, service, version)
  if (known?.digest !== digest) {
    throw new ProblemError('already-exists', {
      detail: `Version ${version} was submitted with other content. Releases never change: raise the version.`,
    })
  }
  const release = encodeId(idPrefixes.release, known.id)
  // What is beside the digest, or a provider's own server, can be mended without a new version: then a draft is checked anew.
  if (beside && known.state === 'draft') {
    await keepBeside(unit, known.id, beside)
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
