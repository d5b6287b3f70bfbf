import type { Mutation } from './mutation.ts'

const releases = 'platform/src/features/releases'
const rollouts = 'platform/src/features/rollouts'
const subscriptions = 'platform/src/features/subscriptions'
const rolloutTests = [`${rollouts}/rollouts.test.ts`]
const offerTests = [`${releases}/offered.test.ts`]
const holdTests = [`${releases}/hold.test.ts`]
const undecidedTests = [`${rollouts}/undecided.test.ts`]
const endTests = [`${subscriptions}/upgrade-end.test.ts`]

/** What keeps a canary to its share, and takes it back. */
const canaries: Mutation[] = [
  {
    name: 'a canary answers for what was undone before it began',
    file: `${rollouts}/store.ts`,
    find: '        and o.written_in >= ${rollout.started_in}::xid8\n',
    replace: '',
    tests: rolloutTests,
    only: 'for nothing of the hours before',
  },
  {
    name: 'what a suspended release proposed stays to be approved',
    file: 'platform/src/features/actions/jobs.ts',
    find: "new Set(['suspended', 'withdrawn', 'certified'])",
    replace: "new Set(['withdrawn', 'certified'])",
    tests: undecidedTests,
    only: 'what a suspended release proposed',
  },
  {
    name: 'what a canary proposed stays to be approved when it goes back',
    file: 'platform/src/features/actions/end.ts',
    find: "if (event.type !== 'subscription.returned') return",
    replace: "if (event.type !== 'subscription.changed') return",
    tests: undecidedTests,
    only: 'what a canary proposed goes with it',
  },
  {
    name: 'what the release before a canary proposed goes with the canary',
    file: 'platform/src/features/actions/store.ts',
    find: "    .where('release_id', '=', release)\n    .where(sql<boolean>`state in ('proposed', 'awaiting-second')`)",
    replace: "    .where(sql<boolean>`${release} <> '' and state in ('proposed', 'awaiting-second')`)",
    tests: undecidedTests,
    only: 'what a canary proposed goes with it',
  },
  {
    name: 'a canary takes everybody',
    file: `${rollouts}/places.ts`,
    find: '!(isTester || share.has(row.subscriber_id))',
    replace: '!(isTester || share.size > 0)',
    tests: rolloutTests,
    only: 'takes its share at once and no more',
  },
  {
    name: 'a canary that fails more goes on',
    file: `${rollouts}/service.ts`,
    find: 'if (worse.length > 0) {',
    replace: 'if (worse.length > 99) {',
    tests: rolloutTests,
    only: 'that fails more goes back by itself',
  },
  {
    name: 'a canary is published before its window ends',
    file: `${rollouts}/service.ts`,
    find: '} else if (rollout.ends_at <= new Date()) {',
    replace: '} else if (rollout.started_at <= new Date()) {',
    tests: rolloutTests,
    only: 'when its window ends, not before',
  },
  {
    name: 'what a bad release wrote into a service’s state stays when it goes back',
    file: `${rollouts}/places.ts`,
    find: 'if (isBack) await saveKeptState(unit.tx, id, place.kept_state)',
    replace: 'if (!isBack) await saveKeptState(unit.tx, id, place.kept_state)',
    tests: rolloutTests,
    only: 'gives back settings and state',
  },
  {
    name: 'a subscription that goes back pays what it never agreed to',
    file: `${subscriptions}/upgrade-return.ts`,
    find: '    price: former.price,\n    schedule',
    replace: '    price: present.price,\n    schedule',
    tests: rolloutTests,
    only: 'that fails more goes back by itself',
  },
  {
    name: 'a release that went back is offered again unchanged',
    file: `${releases}/publication.ts`,
    find: "if (row.suspended_by === 'canary')",
    replace: "if (row.suspended_by === 'canary' && row.held_state)",
    tests: rolloutTests,
    only: 'that fails more goes back by itself',
  },
  {
    name: 'a hold of the platform takes a canary back',
    file: `${rollouts}/places.ts`,
    find: "if (isPublic || suspendedBy === 'platform') return false",
    replace: 'if (isPublic) return false',
    tests: rolloutTests,
    only: 'waits while the platform holds the service',
  },
  {
    name: 'what was offered to everybody is taken back from test operators',
    file: `${rollouts}/places.ts`,
    find: "if (isPublic || suspendedBy === 'platform') return false",
    replace: "if (suspendedBy === 'platform') return false",
    tests: rolloutTests,
    only: 'stay on what was staged when it is published',
  },
  {
    name: 'a provider is told the figures of a canary of one',
    file: `${rollouts}/service.ts`,
    find: 'measured.since.canary >= fewestTold && measured.since.stayed >= fewestTold',
    replace: 'measured.since.canary >= fewestTold && measured.since.stayed >= 1',
    tests: rolloutTests,
    only: 'tells its figures only when five',
  },
  {
    name: 'the share of a canary follows the order of its subscribers',
    file: `${rollouts}/share.ts`,
    find: '.sort((a, b) => (a.hash < b.hash ? -1 : 1))',
    replace: '',
    tests: [`${rollouts}/judge.test.ts`],
  },
]

/** What keeps a release from whom it is not for. */
const offers: Mutation[] = [
  {
    name: 'a staged release is previewed by strangers',
    file: `${releases}/offered.ts`,
    find: "if (!release.isPublic && !admitted.has('test'))",
    replace: "if (!release.isPublic && release.state === 'draft')",
    tests: offerTests,
    only: 'a staged release is there for its test operators alone',
  },
  {
    name: 'a staged release stands on the listing that everybody sees',
    file: `${releases}/offered.ts`,
    find: "if (staged && admitted.has('test')) {",
    replace: 'if (staged) {',
    tests: offerTests,
    only: 'test operators alone',
  },
  {
    name: 'a service for invited operators is subscribed to without a code',
    file: `${releases}/offered.ts`,
    find: "if (listed?.visibility === 'invite-only' && admitted.size === 0) throw notListed()",
    replace: '',
    tests: offerTests,
    only: 'subscribed to without a code',
  },
  {
    name: 'a service for invited operators is seen without a code',
    file: `${releases}/offered.ts`,
    find: '  if (!isOpen) throw notListed()\n',
    replace: '',
    tests: offerTests,
    only: 'subscribed to without a code',
  },
  {
    name: 'a code lets in as many as come',
    file: `${releases}/invitations.ts`,
    find: 'if (!(await offers.takeUse(unit.tx, found.provider_id, found.id))) throw notOpen()',
    replace: 'await offers.takeUse(unit.tx, found.provider_id, found.id)',
    tests: offerTests,
    only: 'lets in no more operators',
  },
  {
    name: 'a code that was taken back goes on letting in',
    file: 'platform/migrations/0085_releases-held-and-shown.ts',
    find: '    where i.revoked_at is null\n    union all',
    replace: '    union all',
    tests: offerTests,
    only: 'taken back lets nobody in',
  },
  {
    name: 'a provider publishes while the platform holds its service',
    file: `${releases}/publication.ts`,
    find: 'if (isOffer) await requireNotHeld',
    replace: 'if (isOffer && !unit.tx) await requireNotHeld',
    tests: holdTests,
    only: 'cannot be offered again by its provider',
  },
  {
    name: 'a new submission is published while the platform holds its service',
    file: `${releases}/publication.ts`,
    find: 'const objection = service?.suspended_at\n',
    replace: 'const objection = service?.suspended_at && !unit.tx\n',
    tests: holdTests,
    only: 'cannot be offered again by its provider',
  },
]

/** What keeps a provider from what a canary's subscribers never shared. */
const logs: Mutation[] = [
  {
    name: 'a provider reads the log of a canary’s subscribers',
    file: 'platform/src/features/executions/settle.ts',
    find: 'return isTestOperator(deps, row.service_id, grant.organisation)',
    replace: 'return true',
    tests: rolloutTests,
    only: 'those of a canary do not',
  },
]

/** What keeps a subscriber from being left without a word. */
const ends: Mutation[] = [
  {
    name: 'a provider ends a release after a day',
    file: `${releases}/publication.ts`,
    find: 'if (asked >= soonest) return asked',
    replace: 'if (asked >= new Date()) return asked',
    tests: endTests,
    only: 'thirty days, never fewer',
  },
  {
    name: 'a deprecated release ends before its notice is over',
    file: `${releases}/ending.ts`,
    find: "row?.state === 'deprecated' && row.ends_at !== null && row.ends_at <= new Date()",
    replace: "row?.state === 'deprecated' && row.ends_at !== null",
    tests: [`${releases}/ending.test.ts`],
  },
  {
    name: 'the platform cancels a subscription without saying why',
    file: `${subscriptions}/service.ts`,
    find: '    ...(because === undefined ? {} : { ended_because: because }),\n',
    replace: '',
    tests: endTests,
    only: 'cancelled by the platform, which says why',
  },
  {
    name: 'a release that was withdrawn at once cancels its subscriptions',
    file: `${subscriptions}/upgrade-tell.ts`,
    find: "if (over.state !== 'withdrawn' || !hadNotice) return",
    replace: "if (over.state !== 'withdrawn' && !hadNotice) return",
    tests: endTests,
    only: 'leaves its subscriptions to their operators',
  },
]

export const rolloutMutations: readonly Mutation[] = [...canaries, ...offers, ...logs, ...ends]
