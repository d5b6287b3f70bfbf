import type { Mutation } from './mutation.ts'

const billing = 'platform/src/features/billing'
const ofSuspensions = [`${billing}/suspended.test.ts`]

/** What keeps operators from paying for what did not run, and providers from paying for it twice. */
export const downtimeMutations: readonly Mutation[] = [
  {
    name: 'what was paid ahead for a suspended service is kept',
    file: `${billing}/charges.ts`,
    find: "  await takeBackEnded(unit, [subscription], now, 'suspended')\n",
    replace: '',
    tests: ofSuspensions,
    only: 'the platform suspends is given back',
  },
  {
    name: 'the rest of a month is given back twice: when its service is suspended, and when it is cancelled',
    file: `${billing}/take-backs.ts`,
    find: "const isCut = taken?.cause !== 'no_execution' && cut.has(row.id)",
    replace: 'const isCut = cut.size < 0',
    tests: ofSuspensions,
    only: 'nothing back a second time',
  },
  {
    name: 'a service that was restored is never charged again',
    file: `${billing}/charges.ts`,
    find: 'if (wasSuspended && !isPausing(state)) await openMissingCharges(unit, now)',
    replace: 'if (wasSuspended && isPausing(state)) await openMissingCharges(unit, now)',
    tests: ofSuspensions,
    only: 'charged again from its restoration',
  },
]
