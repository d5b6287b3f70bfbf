import type { Mutation } from './mutation.ts'

const reviews = 'platform/src/features/reviews'
const threads = 'platform/src/features/threads'
const ofReviews = [`${reviews}/reviews.test.ts`]
const ofThreads = [`${threads}/threads.test.ts`]
const tellReviews = 'platform/migrations/0093_reviews.ts'
const tellThreads = 'platform/migrations/0094_threads.ts'
const deliverThreads = 'platform/migrations/0110_conversations-about-an-execution.ts'

/** What keeps reviews honest, and what keeps a provider and its subscribers from knowing each other. */
export const voices: readonly Mutation[] = [
  {
    name: 'a service is reviewed before anything of it was decided',
    file: `${reviews}/service.ts`,
    find: 'if (decided === 0)',
    replace: 'if (decided < 0)',
    tests: ofReviews,
    only: 'after the first decision',
  },
  {
    name: 'a subscription has two reviews',
    file: tellReviews,
    find: '`create unique index one_review on bizq.reviews (organisation_id, subscription_id)`',
    replace: '`create unique index one_review on bizq.reviews (organisation_id, subscription_id, stars)`',
    tests: ofReviews,
    only: 'has one review',
  },
  {
    name: 'who sells a service reviews it',
    file: `${reviews}/service.ts`,
    find: 'if (await store.sharesMember(unit.tx, subscription.provider_id))',
    replace: 'if (false as boolean)',
    tests: ofReviews,
    only: 'belongs to the provider too',
  },
  {
    name: 'a review is published as it was typed',
    file: tellReviews,
    find: 'told.service_id, told.stars, told.shown_words,',
    replace: 'told.service_id, told.stars, told.words,',
    tests: ofReviews,
    only: 'are redacted before anybody reads them',
  },
  {
    name: 'a review says which business wrote it',
    file: `${reviews}/service.ts`,
    find: 'words: await redactForOthers(unit, subscription.business_id, given.words),',
    replace: 'words: await Promise.resolve(given.words),',
    tests: ofReviews,
    only: 'are redacted before anybody reads them',
  },
  {
    name: 'a review tells the provider whose it is',
    file: tellReviews,
    find: 'values (told.provider_id, told.id, told.service_id, told.stars, told.shown_words,',
    replace:
      "values (told.provider_id, told.id, told.service_id, told.stars, told.shown_words || ' ' || own,",
    tests: ofReviews,
    only: 'names its operator',
  },
  {
    name: 'a hidden review still counts',
    file: tellReviews,
    find: 'from bizq.service_reviews where hidden_at is null and taken_back_at is null group by service_id',
    replace: 'from bizq.service_reviews where taken_back_at is null group by service_id',
    tests: ofReviews,
    only: 'that is hidden',
  },
  {
    name: 'a hidden review is still read',
    file: tellReviews,
    find: 'from bizq.service_reviews where hidden_at is null and taken_back_at is null`',
    replace: 'from bizq.service_reviews where taken_back_at is null`',
    tests: ofReviews,
    only: 'that is hidden',
  },
  {
    name: 'editing a hidden review shows it again',
    file: tellReviews,
    find: 'decided = excluded.decided, taken_back_at = excluded.taken_back_at,',
    replace: 'decided = excluded.decided, taken_back_at = excluded.taken_back_at, hidden_at = null,',
    tests: ofReviews,
    only: 'that is hidden',
  },
  {
    name: 'a provider answers reviews of others',
    file: tellReviews,
    find: 'grant update (answer, answered_at, hidden_at, hidden_reason) on bizq.service_reviews to bizq_app`,',
    replace:
      'grant update (answer, answered_at, hidden_at, hidden_reason) on bizq.service_reviews to bizq_app`, `alter table bizq.service_reviews disable row level security`,',
    tests: ofReviews,
    only: 'answers a review once',
  },
  {
    name: 'anybody moderates reviews',
    file: `${reviews}/moderation.ts`,
    find: '  requireAdmin(unit.actor)\n  const row = await requireModerated(deps, review)\n  const author',
    replace: '  const row = await requireModerated(deps, review)\n  const author',
    tests: ofReviews,
    only: 'only the marketplace moderates',
  },
  {
    name: 'a message reaches the provider as it was typed',
    file: deliverThreads,
    find: "values (toward.provider_id, thread, 'operator', sent.delivered, sent.delivered, sent.at)",
    replace: "values (toward.provider_id, thread, 'operator', sent.words, sent.words, sent.at)",
    tests: ofThreads,
    only: 'reaches the provider redacted',
  },
  {
    name: 'a message reaches the operator with names and addresses',
    file: `${threads}/provider.ts`,
    find: 'delivered: redactByForm(words)',
    replace: 'delivered: words',
    tests: ofThreads,
    only: 'reaches the operator without names',
  },
  {
    name: 'messages of one organisation are open to every other',
    file: tellThreads,
    find: '`revoke update, delete on bizq.messages, bizq.subscriber_messages from bizq_app`,',
    replace:
      '`revoke update, delete on bizq.messages, bizq.subscriber_messages from bizq_app`, `alter table bizq.messages disable row level security`,',
    tests: ['platform/src/db/tenancy.test.ts'],
    only: 'in every table of an organisation',
  },
  {
    name: 'a provider reads the thread of another’s subscriber',
    file: tellThreads,
    find: '`revoke delete on bizq.threads, bizq.thread_reports, bizq.subscriber_threads from bizq_app`,',
    replace:
      '`revoke delete on bizq.threads, bizq.thread_reports, bizq.subscriber_threads from bizq_app`, `alter table bizq.subscriber_messages disable row level security`, `alter table bizq.subscriber_threads disable row level security`,',
    tests: ['platform/src/db/tenancy.test.ts'],
    only: 'in every table of an organisation',
  },
  {
    name: 'a thread carries the id of the operator',
    file: deliverThreads,
    find: "values (toward.provider_id, thread, 'operator', sent.delivered, sent.delivered, sent.at)",
    replace:
      "values (toward.provider_id, thread, 'operator', sent.delivered, sent.delivered || ' ' || own, sent.at)",
    tests: ofThreads,
    only: 'names the operator',
  },
  {
    name: 'what is written goes on after the subscription has ended',
    file: `${threads}/closed.ts`,
    find: 'until === null || until >= Temporal',
    replace: "until !== 'never' || until >= Temporal",
    tests: ofThreads,
    only: 'of an ended subscription',
  },
  {
    name: 'a muted thread is told',
    file: `${threads}/jobs.ts`,
    find: 'if (thread && !thread.is_muted && ',
    replace: 'if (thread && ',
    tests: ofThreads,
    only: 'of a muted thread',
  },
  {
    name: 'the marketplace reads threads as they were typed',
    file: tellThreads,
    find: 'select m.id, m.organisation_id, m.subscription_id, m.sender, m.delivered, m.at from bizq.messages m',
    replace:
      'select m.id, m.organisation_id, m.subscription_id, m.sender, m.words as delivered, m.at from bizq.messages m',
    tests: ofThreads,
    only: 'as it was delivered',
  },
  {
    name: 'a conversation about an execution says whose it was',
    file: `${threads}/provider.ts`,
    find: 'subscriber: about === null ? number : null,',
    replace: "subscriber: numberOf(keyring, 'subscriber', organisation, row.id),",
    tests: ofThreads,
    only: 'do not tell that they are of one subscriber',
  },
  {
    name: 'records tell that two conversations are of one subscriber',
    file: `${threads}/service.ts`,
    find: 'conversation === undefined ? (await openGrant',
    replace: 'conversation !== null ? (await openGrant',
    tests: ofThreads,
    only: 'do not tell that they are of one subscriber',
  },
  {
    name: 'an answer about an execution goes to the thread of its subscriber',
    file: deliverThreads,
    find: 'if sent.conversation is null then',
    replace: 'if true then',
    tests: ofThreads,
    only: 'is answered there',
  },
  {
    name: 'a closed thread is told by every execution of its subscriber',
    file: `${threads}/moderation-store.ts`,
    find: "    .where('about', 'is', null)\n",
    replace: '',
    tests: ofThreads,
    only: 'shows in no conversation about an execution',
  },
  {
    name: 'what is about an execution reaches a thread that the marketplace closed',
    file: deliverThreads,
    find: 'if thread.about is not null and exists',
    replace: 'if thread.about is null and exists',
    tests: ofThreads,
    only: 'shows in no conversation about an execution',
  },
]
