import { readImage, type CertifyOptions } from '@bizq/certification'
import { sha256 } from '@bizq/sdk/contract/host'
import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import * as documents from './document-store.ts'
import type { ReleaseDocument } from './certificate-schemas.ts'
import { requireRelease } from './release.ts'
import { SubmittedBeside } from './schemas.ts'

const casesName = 'cases.json'
const textType = 'text/markdown; charset=utf-8'

/** Keeps what was submitted beside a release, each file by its SHA-256. */
export async function keepBeside(unit: UnitOfWork, release: string, beside: SubmittedBeside): Promise<void> {
  await documents.replaceDocuments(unit.tx, unit.actor.organisation, release, filesOf(beside))
}

function filesOf({ documents: given, cases }: SubmittedBeside): documents.NewDocument[] {
  const files: [name: string, type: string, content: Buffer][] = []
  if (given?.readme !== undefined) files.push(['README.md', textType, Buffer.from(given.readme)])
  if (given?.changelog !== undefined) files.push(['CHANGELOG.md', textType, Buffer.from(given.changelog)])
  for (const [i, image] of (given?.screenshots ?? []).entries()) {
    const content = Buffer.from(image, 'base64')
    const format = readImage(content)?.format
    // What is no image stays what it is, for the check to say so, and is never shown as one.
    const type = format ? `image/${format}` : 'application/octet-stream'
    files.push([`screenshot-${i + 1}.${format ?? 'bin'}`, type, content])
  }
  if (cases !== undefined) files.push([casesName, 'application/json', Buffer.from(JSON.stringify(cases))])
  return files.map(([name, media_type, content], place) => ({
    name,
    media_type,
    digest: sha256(content),
    byte_count: content.length,
    place,
    content,
  }))
}

/** What was submitted beside a release, as the suite takes it. */
export async function loadBeside(
  unit: UnitOfWork,
  release: string,
): Promise<Pick<CertifyOptions, 'documents' | 'cases'>> {
  const files = await documents.loadDocuments(unit.tx, release)
  const textOf = (name: string) => files.find((file) => file.name === name)?.content.toString()
  const cases = textOf(casesName)
  const shown = files.filter(({ name }) => name !== casesName)
  return {
    cases: cases === undefined ? undefined : SubmittedBeside.shape.cases.parse(JSON.parse(cases)),
    documents: shown.length > 0 ? documentsOf(shown, textOf) : undefined,
  }
}

function documentsOf(
  files: readonly { name: string; content: Buffer }[],
  textOf: (name: string) => string | undefined,
): CertifyOptions['documents'] {
  return {
    readme: textOf('README.md'),
    changelog: textOf('CHANGELOG.md'),
    screenshots: files.filter(({ name }) => name.startsWith('screenshot-')).map(({ content }) => content),
  }
}

/** The files that were submitted beside a release (UUID) of this tenant, without their contents. */
export async function listDocuments(
  unit: UnitOfWork,
  release: string,
): Promise<z.infer<typeof ReleaseDocument>[]> {
  const rows = await documents.listDocuments(unit.tx, release)
  return rows.map(({ name, media_type, digest, byte_count }) => ({
    name,
    mediaType: media_type,
    digest,
    bytes: byte_count,
  }))
}

export interface DocumentContent {
  mediaType: string
  digest: string
  content: Buffer
}

/** One of them with its content. Refuses with not-found. */
export async function readDocument(
  unit: UnitOfWork,
  release: string,
  name: string,
): Promise<DocumentContent> {
  const row = await documents.findDocument(unit.tx, release, name)
  if (!row) throw new ProblemError('not-found', { detail: `The release has no document ${name}.` })
  return { mediaType: row.media_type, digest: row.digest, content: row.content }
}

/** A document of a release of the provider's own. */
export async function requireOwnDocument(unit: UnitOfWork, service: string, release: string, name: string) {
  requireOrganisationKind(unit.actor, 'provider')
  return readDocument(unit, (await requireRelease(unit, service, release)).id, name)
}

/** A document of a once published release, by its id on the wire; undefined where there is none. */
export async function findPublishedDocument(
  deps: Pick<Deps, 'directory'>,
  release: string,
  name: string,
): Promise<DocumentContent | undefined> {
  const id = decodeId(idPrefixes.release, release)
  const row = await documents.findPublishedDocument(deps.directory, id, name)
  return row && { mediaType: row.media_type, digest: row.digest, content: row.content }
}
