import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Decided, ReportReason, ReviewQuery, Subscribed } from './schemas.ts'

interface Facts {
  stars: number
  words: string
  country: string | null
  subscribed: Subscribed
  decided: Decided
}

declare module '../../db/database.ts' {
  interface Database {
    reviews: Facts & {
      organisation_id: string
      id: Generated<string>
      subscription_id: string
      business_id: string
      provider_id: string
      service_id: string
      shown_words: string
      written_by: string | null
      created_at: Generated<Date>
      edited_at: Date | null
      taken_back_at: Date | null
      hidden_at: Date | null
      hidden_reason: string | null
    }
    review_versions: {
      organisation_id: string
      id: Generated<string>
      review_id: string
      stars: number
      shown_words: string
      at: Generated<Date>
    }
    service_reviews: Facts & {
      organisation_id: string
      id: string
      service_id: string
      day: string
      edited_day: string | null
      taken_back_at: Date | null
      hidden_at: Date | null
      hidden_reason: string | null
      answer: string | null
      answered_at: Date | null
    }
    review_reports: {
      organisation_id: string
      id: Generated<string>
      review_id: string
      provider_id: string
      reporter: 'operator' | 'provider'
      reason: ReportReason
      words: string | null
      state: Generated<'open' | 'hidden' | 'kept'>
      decision_reason: string | null
      at: Generated<Date>
      decided_at: Date | null
    }
    'directory.reviews': Facts & {
      id: string
      provider_id: string
      service_id: string
      day: string
      edited_day: string | null
      answer: string | null
      answered_day: string | null
    }
    'directory.review_authors': {
      id: string
      organisation_id: string
      subscription_id: string
      service_id: string
      provider_id: string
    }
  }
}

type Tx = Transaction<Database>
const columns = [
  'id',
  'subscription_id',
  'service_id',
  'provider_id',
  'stars',
  'words',
  'shown_words',
  'country',
  'subscribed',
  'decided',
  'created_at',
  'edited_at',
  'taken_back_at',
  'hidden_at',
  'hidden_reason',
] as const

export type ReviewRow = NonNullable<Awaited<ReturnType<typeof findOwn>>>

export function findOwn(tx: Tx, subscription: string) {
  return tx
    .selectFrom('reviews')
    .select(columns)
    .where('subscription_id', '=', subscription)
    .executeTakeFirst()
}

export interface NewReview extends Facts {
  organisation: string
  subscription: string
  business: string
  provider: string
  service: string
  shownWords: string
  user: string | null
}

/** The one review of a subscription: written, or changed where there is one. */
export function saveReview(tx: Tx, review: NewReview) {
  const said = {
    stars: review.stars,
    words: review.words,
    shown_words: review.shownWords,
    country: review.country,
    subscribed: review.subscribed,
    decided: review.decided,
    written_by: review.user,
  }
  return tx
    .insertInto('reviews')
    .values({
      organisation_id: review.organisation,
      subscription_id: review.subscription,
      business_id: review.business,
      provider_id: review.provider,
      service_id: review.service,
      ...said,
      edited_at: null,
      taken_back_at: null,
      hidden_at: null,
      hidden_reason: null,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id'])
        .doUpdateSet({ ...said, edited_at: new Date(), taken_back_at: null }),
    )
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export async function keepVersion(tx: Tx, organisation: string, { id, stars, shown_words }: ReviewRow) {
  await tx
    .insertInto('review_versions')
    .values({ organisation_id: organisation, review_id: id, stars, shown_words })
    .execute()
}

export function takeBack(tx: Tx, subscription: string) {
  return tx
    .updateTable('reviews')
    .set({ taken_back_at: new Date() })
    .where('subscription_id', '=', subscription)
    .where('taken_back_at', 'is', null)
    .returning(columns)
    .executeTakeFirst()
}

/** Writes what everybody may read of a review to where its service stands. */
export async function tellReview(tx: Tx, id: string): Promise<void> {
  await sql`select bizq.tell_review(${id}::uuid)`.execute(tx)
}

/** Whether somebody belongs to this organisation and to the provider's. */
export async function sharesMember(tx: Tx, provider: string): Promise<boolean> {
  const { rows } = await sql<{
    shares: boolean
  }>`select bizq.shares_member(${provider}::uuid) as shares`.execute(tx)
  return rows[0]?.shares === true
}

const publicColumns = [
  'id',
  'stars',
  'words',
  'country',
  'subscribed',
  'decided',
  'day',
  'edited_day',
  'answer',
] as const

export type ReviewPlace = [stars: number, day: string, id: string]

const ranks = { newest: '0', highest: '1', lowest: '-1' } as const

/** The reviews of a service that are shown, a page of them and one more. */
export function listShown(
  directory: Kysely<Database>,
  service: string,
  { stars, sort, after, limit }: ReviewQuery & { after?: ReviewPlace | undefined },
) {
  let query = directory
    .selectFrom('directory.reviews')
    .select([...publicColumns, 'answered_day'])
    .where('service_id', '=', service)
  if (stars) query = query.where('stars', '=', stars)
  const rank = sql<number>`stars * ${sql.raw(ranks[sort])}`
  if (after) {
    const [at, day, id] = after
    query = query.where(sql<boolean>`(${rank}, day, id) < (${at}::int, ${day}::date, ${id}::uuid)`)
  }
  return query
    .orderBy(rank, 'desc')
    .orderBy('day', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

export function findShown(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.reviews')
    .select(['id', 'provider_id', 'service_id'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Whose review it is. For the platform's own steps: it is told to nobody. */
export function findAuthor(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.review_authors')
    .select(['id', 'organisation_id', 'subscription_id', 'service_id', 'provider_id'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** What the service's own provider reads: also what was hidden, not what was taken back. */
export function listOfService(tx: Tx, service: string, after: [string, string] | undefined, limit: number) {
  let query = tx
    .selectFrom('service_reviews')
    .select((eb) => [
      ...publicColumns,
      'service_id',
      'hidden_reason',
      sql<string | null>`answered_at::date`.as('answered_day'),
      eb
        .exists(
          eb
            .selectFrom('review_reports')
            .select('review_reports.id')
            .whereRef('review_reports.review_id', '=', 'service_reviews.id')
            .where('review_reports.state', '=', 'open'),
        )
        .as('is_reported'),
    ])
    .where('service_id', '=', service)
    .where('taken_back_at', 'is', null)
  if (after) query = query.where(sql<boolean>`(day, id) < (${after[0]}::date, ${after[1]}::uuid)`)
  return query
    .orderBy('day', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

export function saveAnswer(tx: Tx, review: string, words: string | null) {
  return tx
    .updateTable('service_reviews')
    .set({ answer: words, answered_at: words === null ? null : new Date() })
    .where('id', '=', review)
    .where('taken_back_at', 'is', null)
    .returning(['id', 'service_id'])
    .executeTakeFirst()
}

export function insertReport(
  tx: Tx,
  organisation: string,
  report: {
    review: string
    provider: string
    reporter: 'operator' | 'provider'
    reason: ReportReason
    words: string | null
  },
) {
  return tx
    .insertInto('review_reports')
    .values({
      organisation_id: organisation,
      review_id: report.review,
      provider_id: report.provider,
      reporter: report.reporter,
      reason: report.reason,
      words: report.words,
      decision_reason: null,
      decided_at: null,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'review_id'])
        .where(sql<boolean>`state = 'open'`)
        .doNothing(),
    )
    .returning(['id', 'review_id', 'reason', 'words', 'state', 'decision_reason', 'at', 'decided_at'])
    .executeTakeFirst()
}
