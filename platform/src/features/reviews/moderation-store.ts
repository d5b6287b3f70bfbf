import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Decided, ReportReason, Subscribed } from './schemas.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.moderated_reviews': {
      id: string
      provider_id: string
      service_id: string
      slug: string
      publisher: string
      stars: number
      words: string
      country: string | null
      subscribed: Subscribed
      decided: Decided
      day: string
      edited_day: string | null
      answer: string | null
      hidden_at: Date | null
      hidden_reason: string | null
      taken_back_at: Date | null
      edited_at: Date | null
    }
    'directory.review_reports': {
      id: string
      organisation_id: string
      review_id: string
      provider_id: string
      reporter: 'operator' | 'provider'
      reason: ReportReason
      words: string | null
      state: 'open' | 'hidden' | 'kept'
      decision_reason: string | null
      at: Date
      decided_at: Date | null
    }
    'directory.review_versions': {
      id: string
      review_id: string
      stars: number
      shown_words: string
      at: Date
    }
  }
}

type Directory = Kysely<Database>
type Tx = Transaction<Database>

const isReported = sql<boolean>`exists (select from directory.review_reports p where p.review_id = r.id and p.state = 'open')`
const isEditedSince = sql<boolean>`(r.hidden_at is not null and r.taken_back_at is null and r.edited_at > r.hidden_at)`

export type ModeratedRow = Awaited<ReturnType<typeof listModerated>>[number]

/** Reviews that wait for a moderator (reported, or edited since they were hidden), or all that are hidden; newest first. */
export function listModerated(
  directory: Directory,
  { show, after, limit }: { show: 'waiting' | 'hidden'; after?: [string, string] | undefined; limit: number },
) {
  let query = selectModerated(directory)
  query =
    show === 'waiting'
      ? query.where(sql<boolean>`(${isReported} or ${isEditedSince})`)
      : query.where('r.hidden_at', 'is not', null)
  if (after) query = query.where(sql<boolean>`(r.day, r.id) < (${after[0]}::date, ${after[1]}::uuid)`)
  return query
    .orderBy('r.day', 'desc')
    .orderBy('r.id', 'desc')
    .limit(limit + 1)
    .execute()
}

function selectModerated(directory: Directory) {
  return directory
    .selectFrom('directory.moderated_reviews as r')
    .select([
      'r.id',
      'r.provider_id',
      'r.service_id',
      'r.slug',
      'r.publisher',
      'r.stars',
      'r.words',
      'r.country',
      'r.subscribed',
      'r.decided',
      'r.day',
      'r.edited_day',
      'r.answer',
      'r.hidden_at',
      'r.hidden_reason',
      'r.taken_back_at',
      isReported.as('is_reported'),
      isEditedSince.as('is_edited_since'),
    ])
}

export function findModerated(directory: Directory, id: string) {
  return selectModerated(directory).where('r.id', '=', id).executeTakeFirst()
}

export async function listReports(directory: Directory, reviews: readonly string[]) {
  if (reviews.length === 0) return []
  return directory
    .selectFrom('directory.review_reports')
    .select([
      'id',
      'organisation_id',
      'review_id',
      'reporter',
      'reason',
      'words',
      'state',
      'decision_reason',
      'at',
      'decided_at',
    ])
    .where('review_id', 'in', [...reviews])
    .orderBy('at', 'desc')
    .execute()
}

export function listVersions(directory: Directory, review: string) {
  return directory
    .selectFrom('directory.review_versions')
    .select(['stars', 'shown_words', 'at'])
    .where('review_id', '=', review)
    .orderBy('at', 'desc')
    .limit(100)
    .execute()
}

/** In the provider's organisation: what everybody reads. */
export async function setPublicHidden(tx: Tx, review: string, reason: string | null): Promise<void> {
  await tx
    .updateTable('service_reviews')
    .set({ hidden_at: reason === null ? null : new Date(), hidden_reason: reason })
    .where('id', '=', review)
    .execute()
}

/** In the author's organisation. */
export async function setHidden(tx: Tx, review: string, reason: string | null): Promise<void> {
  await tx
    .updateTable('reviews')
    .set({ hidden_at: reason === null ? null : new Date(), hidden_reason: reason })
    .where('id', '=', review)
    .execute()
}

/** In the reporter's organisation. Undefined when it was decided meanwhile. */
export function decideReport(tx: Tx, report: string, state: 'hidden' | 'kept', reason: string) {
  return tx
    .updateTable('review_reports')
    .set({ state, decision_reason: reason, decided_at: new Date() })
    .where('id', '=', report)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst()
}
