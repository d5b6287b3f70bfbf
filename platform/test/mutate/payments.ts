import type { Mutation } from './mutation.ts'

const payments = 'platform/src/features/payments'
const client = 'platform/src/stripe/client.ts'
const ofWebhooks = [`${payments}/webhooks.test.ts`]
const ofDisconnected = ['platform/src/features/payouts/disconnected.test.ts']
const ofFailures = [`${payments}/failing.test.ts`]
const ofReconciliation = [`${payments}/reconcile.test.ts`]

/** What keeps Stripe's events from being believed by anybody else's word, missed, or followed twice. */
export const paymentMutations: readonly Mutation[] = [
  {
    name: 'a webhook that is signed for the future is believed',
    file: 'platform/src/stripe/client.ts',
    find: 'if (isAhead(signature))',
    replace: 'if (isAhead(signature) && body === signature)',
    tests: ['platform/src/features/payments/webhooks.test.ts'],
    only: 'a forged, a stale or a broken webhook',
  },
  {
    name: 'a webhook is believed however old its signature is',
    file: client,
    find: 'const toleranceSeconds = 300',
    replace: 'const toleranceSeconds = 3_000_000',
    tests: ofWebhooks,
    only: 'forged, a stale or a broken',
  },
  {
    name: 'a webhook without a signature is believed',
    file: client,
    find: "if (!signature || secrets === '') return { refused: 'forged' }",
    replace: 'if (!signature) return { event: JSON.parse(body) as Stripe.Event }',
    tests: ofWebhooks,
    only: 'forged, a stale or a broken',
  },
  {
    name: 'what was refused is not counted',
    file: `${payments}/service.ts`,
    find: 'await store.countRefusal(tx, actor.organisation, verified.refused)',
    replace: 'await Promise.resolve([tx, actor])',
    tests: ofWebhooks,
    only: 'forged, a stale or a broken',
  },
  {
    name: 'an event that comes again is followed again',
    file: `${payments}/service.ts`,
    find: 'if (isNew && isFollowed) await enqueue(unit, followEventJob, { event: event.id })',
    replace: 'await enqueue(unit, followEventJob, { event: event.id })',
    tests: ofWebhooks,
    only: 'comes five times',
  },
  {
    name: 'an event that was followed is followed anew whenever its job runs',
    file: `${payments}/store.ts`,
    find: ".where('state', '=', 'received')\n    .returning(",
    replace: '.returning(',
    tests: ofWebhooks,
    only: 'comes five times',
  },
  {
    name: 'an event counts as done before anything followed from it',
    file: `${payments}/jobs.ts`,
    find: '  if (!event) return\n',
    replace:
      "  if (!event) return\n  await withUnitOfWork(deps, platform, ({ tx }) => store.endEvent(tx, id, 'done'))\n",
    tests: ofWebhooks,
    only: 'a process that ends',
  },
  {
    name: 'an event of a connected account is taken for the platform’s own',
    file: `${payments}/jobs.ts`,
    find: 'account: event.account || null',
    replace: 'account: null',
    tests: ofWebhooks,
    only: 'connected account',
  },
  {
    name: 'anybody reads what Stripe told',
    file: `${payments}/service.ts`,
    find: '  requireAdmin(unit.actor)\n  const [types',
    replace: '  const [types',
    tests: ofWebhooks,
    only: 'for those who run the marketplace',
  },
  {
    name: 'reconciliation reads one page and stops',
    file: `${payments}/reconcile.ts`,
    find: 'if (!page.has_more) return',
    replace: 'return',
    tests: ofReconciliation,
    only: 'more events than one page',
  },
  {
    name: 'events that were left over stay so',
    file: `${payments}/reconcile.ts`,
    find: 'left.map((event) => ({ event })),',
    replace: 'left.slice(left.length).map((event) => ({ event })),',
    tests: ofReconciliation,
    only: 'left over',
  },
  {
    name: 'a cursor that is gone ends the reading',
    file: `${payments}/reconcile.ts`,
    find: 'if (isMissing(error)) return undefined',
    replace: 'if (isMissing(error)) return { data: [], has_more: false }',
    tests: ofReconciliation,
    only: 'the last event that was read is gone',
  },
  {
    name: 'a day has another rate each time',
    file: `${payments}/rates.ts`,
    find: 'if (!row) {',
    replace: 'if (row || !row) {',
    tests: ofReconciliation,
    only: 'a day has one rate',
  },
  {
    name: 'one account that cannot be read keeps all others from being read',
    file: `${payments}/reconcile.ts`,
    find: 'if (!refused) throw error',
    replace: 'throw error',
    tests: ofDisconnected,
    only: 'keeps no other from being read',
  },
  {
    name: 'an event of test mode moves real money',
    file: `${payments}/jobs.ts`,
    find: "event.is_live === (deps.stripe.mode === 'live')",
    replace: 'event.is_live !== null',
    tests: ofDisconnected,
    only: 'of the other mode',
  },
  {
    name: 'an event that can never be followed is tried for ever',
    file: `${payments}/jobs.ts`,
    find: 'if (event.attempts < mostAttempts) throw error',
    replace: 'if (event.attempts > 0) throw error',
    tests: ofFailures,
    only: 'put aside after some tries',
  },
  {
    name: 'reconciliation puts in line what waits for its next try',
    file: `${payments}/store.ts`,
    find: 'make_interval(secs => least(power(2, attempts), ${longestWait}))',
    replace: 'make_interval(secs => least(0, ${longestWait}))',
    tests: ofFailures,
    only: 'waits for its next try',
  },
  {
    name: 'whoever signs in sees which events failed',
    file: `${payments}/service.ts`,
    find: '  requireAdmin(unit.actor)\n  const rows',
    replace: '  const rows',
    tests: ofFailures,
    only: 'the administrators',
  },
]
