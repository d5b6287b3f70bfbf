import type { Mutation } from './mutation.ts'

const billing = 'platform/src/features/billing'
const refunds = 'platform/src/features/refunds'
const availability = 'platform/src/features/availability'
const ofDowntime = [`${refunds}/downtime.test.ts`]
const ofDisputes = [`${refunds}/card-disputes.test.ts`]
const ofMeasuring = [`${availability}/measure.test.ts`]
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
  {
    name: 'a month’s downtime is credited each time that somebody looks',
    file: `${refunds}/downtime.ts`,
    find: "cause: 'downtime',\n    causeId: encodeId(idPrefixes.invoiceLine, line.id),",
    replace: "cause: 'manual',\n    causeId: String(Math.random()),",
    tests: ofDowntime,
    only: 'fails for hours',
  },
  {
    name: 'what the platform itself failed at counts against a service',
    file: `${availability}/store.ts`,
    find: 'and not is_ours))',
    replace: '))',
    tests: ofDowntime,
    only: 'platform itself failed at',
  },
  {
    name: 'a service’s downtime is credited to who paid for another',
    file: `${availability}/measuring.ts`,
    find: 'await store.addDowntime(tx, provider, service, minutesByDay(down))',
    replace:
      "await store.addDowntime(tx, provider, '00000000-0000-7000-8000-000000000000', minutesByDay(down))",
    tests: ofDowntime,
    only: 'fails for hours',
  },
  {
    name: 'a provider is told the availability of fewer than five subscribers',
    file: `${availability}/service.ts`,
    find: 'row.subscribers < leastSubscribers ? null',
    replace: 'row.subscribers < 1 ? null',
    tests: ofDowntime,
    only: 'from five subscribers on',
  },
  {
    name: 'a long silence after a failure counts as downtime',
    file: `${availability}/measure.ts`,
    find: 'at - open > mostSilenceMs ? open + minuteMs : at',
    replace: 'at',
    tests: ofMeasuring,
    only: 'proves nothing',
  },
  {
    name: 'what a dispute stopped is asked of Stripe under the key that was refused',
    file: `${refunds}/settle.ts`,
    find: "row.asked_again_at ? keyOf('refund', id, 2) : keyOf('refund', id)",
    replace: "keyOf('refund', id)",
    tests: ofDisputes,
    only: 'made once when it is won',
  },
  {
    name: 'evidence holds what people wrote',
    file: `${refunds}/evidence.ts`,
    find: "(value) => typeof value === 'string' && known.has(value),",
    replace: "(value) => typeof value === 'string' && (known.has(value) || value.length > 0),",
    tests: ofDisputes,
    only: 'by ids alone',
  },
]
