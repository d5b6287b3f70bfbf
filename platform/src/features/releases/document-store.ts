import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    document_contents: { organisation_id: string; digest: string; content: Buffer }
    release_documents: { organisation_id: string; release_id: string } & DocumentRow
    'directory.documents': { release_id: string; content: Buffer } & DocumentRow
  }
}

/** A file that was submitted beside a release, without its content. */
export interface DocumentRow {
  name: string
  media_type: string
  /** SHA-256 of its content. */
  digest: string
  byte_count: number
  place: number
}

export interface NewDocument extends DocumentRow {
  content: Buffer
}

type Tx = Transaction<Database>
const columns = ['name', 'media_type', 'digest', 'byte_count', 'place'] as const

/** Puts these files in the place of those that were there. */
export async function replaceDocuments(
  tx: Tx,
  organisation: string,
  release: string,
  documents: readonly NewDocument[],
): Promise<void> {
  await tx.deleteFrom('release_documents').where('release_id', '=', release).execute()
  if (documents.length === 0) return
  await tx
    .insertInto('document_contents')
    .values(documents.map(({ digest, content }) => ({ organisation_id: organisation, digest, content })))
    .onConflict((oc) => oc.columns(['organisation_id', 'digest']).doNothing())
    .execute()
  await tx
    .insertInto('release_documents')
    .values(
      documents.map(({ content: _content, ...row }) => ({
        organisation_id: organisation,
        release_id: release,
        ...row,
      })),
    )
    .execute()
}

export function listDocuments(tx: Tx, release: string) {
  return tx
    .selectFrom('release_documents')
    .select(columns)
    .where('release_id', '=', release)
    .orderBy('place')
    .execute()
}

export function loadDocuments(tx: Tx, release: string) {
  return tx
    .selectFrom('release_documents as d')
    .innerJoin('document_contents as c', (join) =>
      join.onRef('c.organisation_id', '=', 'd.organisation_id').onRef('c.digest', '=', 'd.digest'),
    )
    .select(['d.name', 'd.media_type', 'd.digest', 'd.byte_count', 'd.place', 'c.content'])
    .where('d.release_id', '=', release)
    .orderBy('d.place')
    .execute()
}

export function findDocument(tx: Tx, release: string, name: string) {
  return tx
    .selectFrom('release_documents as d')
    .innerJoin('document_contents as c', (join) =>
      join.onRef('c.organisation_id', '=', 'd.organisation_id').onRef('c.digest', '=', 'd.digest'),
    )
    .select(['d.media_type', 'd.digest', 'c.content'])
    .where('d.release_id', '=', release)
    .where('d.name', '=', name)
    .executeTakeFirst()
}

export function findPublishedDocument(directory: Kysely<Database>, release: string, name: string) {
  return directory
    .selectFrom('directory.documents')
    .select(['media_type', 'digest', 'content'])
    .where('release_id', '=', release)
    .where('name', '=', name)
    .executeTakeFirst()
}
