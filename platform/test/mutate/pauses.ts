import type { Mutation } from './mutation.ts'

const billing = 'platform/src/features/billing'
const paused = [`${billing}/paused.test.ts`]

/** What keeps an operator whose services are paused from paying for more than it was told, and for days that it did not have. */
export const pauseMutations: readonly Mutation[] = [
  {
    name: 'days in which everything was paused are sold',
    file: `${billing}/invoice/paid.ts`,
    find: 'if (from && from < to)',
    replace: 'if (from && from < to && from > to)',
    tests: paused,
    only: 'within its period is charged what is open',
  },
  {
    name: 'a paused account is not told of the month that begins with the payment',
    file: `${billing}/resuming.ts`,
    find: 'BigInt(asked.open) + (built?.card ?? 0n)',
    replace: 'BigInt(asked.open)',
    tests: paused,
    only: 'after its period is told before',
  },
  {
    name: 'the days that were paused are not counted in what paying comes to',
    file: `${billing}/resuming.ts`,
    find: '{ isOpenPaid: true }',
    replace: '{ isOpenPaid: false }',
    tests: paused,
    only: 'after its period is told before',
  },
  {
    name: 'a service is charged again for the days after it was paused',
    file: `${billing}/charge-store.ts`,
    find: " and b.cause <> 'paused'",
    replace: '',
    tests: paused,
    only: 'goes on in its month',
  },
  {
    name: 'the same days of a service are given back for the pause and for its end',
    file: `${billing}/invoice/store.ts`,
    find: "and t.cause in ('cancelled', 'changed', 'resting', 'suspended')))",
    replace: "and t.cause = 'none'))",
    tests: paused,
    only: 'is cancelled while all is paused',
  },
  {
    name: 'who ended the plan before the pause pays for another month after it',
    file: `${billing}/boundary.ts`,
    find: "...(state === 'paused' ? {} : { ends_at: null }),",
    replace: 'ends_at: null,',
    tests: paused,
    only: 'ended the plan before it was paused',
  },
  {
    name: 'who ends the plan of a paused account is told of a month that never begins',
    file: `${billing}/resuming.ts`,
    find: '(ends ? endPeriod : beginPeriod)',
    replace: 'beginPeriod',
    tests: paused,
    only: 'ends the plan of a paused account pays',
  },
]
