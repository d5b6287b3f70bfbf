import type { Mutation } from './mutation.ts'

const ledger = 'platform/src/features/ledger'
const ledgerTests = [`${ledger}/ledger.test.ts`]
const moneyTests = [`${ledger}/money/money.test.ts`]
const migration = 'platform/migrations/0120_ledger.ts'

/** What must hold of the ledger and of the arithmetic under it. */
export const ledgerMutations: readonly Mutation[] = [
  {
    name: 'an entry that does not sum to zero is booked',
    file: migration,
    find: 'group by currency having sum(amount) <> 0 limit 1',
    replace: 'group by currency having sum(amount) is null limit 1',
    tests: ledgerTests,
    only: 'debits and credits differ',
  },
  {
    name: 'our own look at an entry lets an uneven one pass to the database',
    file: `${ledger}/service.ts`,
    find: 'if (sum !== 0n) throw',
    replace: 'if (sum === 1n) throw',
    tests: ledgerTests,
    only: 'debits and credits differ',
  },
  {
    name: 'the ledger can be changed by who owns the database',
    file: migration,
    find: "begin raise exception 'the ledger is append-only: book the opposite instead'; end",
    replace: 'begin return null; end',
    tests: ledgerTests,
    only: 'never changed, removed or added to',
  },
  {
    name: 'something else for the same cause is taken for the same',
    file: `${ledger}/service.ts`,
    find: 'if (sameText(known) === sameText(entry.postings)) continue',
    replace: 'if (known.length > 0) continue',
    tests: ledgerTests,
    only: 'the same again changes nothing',
  },
  {
    name: 'postings are added to an entry that is booked already',
    file: 'platform/migrations/0180_own-entry-by-key.ts',
    find: '<> pg_current_xact_id()',
    replace: 'is null',
    tests: ledgerTests,
    only: 'never changed, removed or added to',
  },
  {
    name: 'an operator’s unit books into a ledger of its own',
    file: `${ledger}/service.ts`,
    find: "if (unit.actor.organisationKind !== 'platform')",
    replace: "if (unit.actor.organisationKind === 'provider')",
    tests: ledgerTests,
    only: 'no organisation but the platform',
  },
  {
    name: 'a certifier reads the ledger',
    file: `${ledger}/read.ts`,
    find: 'export async function listEntries(unit: UnitOfWork, deps: Directory, query: EntryQuery) {\n  requireAdmin(unit.actor)',
    replace: 'export async function listEntries(unit: UnitOfWork, deps: Directory, query: EntryQuery) {',
    tests: ledgerTests,
    only: 'no organisation but the platform',
  },
  {
    name: 'an entry that sums to something else is not found out',
    file: `${ledger}/verify-store.ts`,
    find: 'group by organisation_id, entry_id, currency having sum(amount) <> 0',
    replace: 'group by organisation_id, entry_id, currency having sum(amount) is null',
    tests: ledgerTests,
    only: 'tampered with',
  },
  {
    name: 'what is left of a share is lost',
    file: `${ledger}/money/rounding.ts`,
    find: '.slice(0, Number(left))',
    replace: '.slice(0, 0)',
    tests: moneyTests,
    only: 'parts sum to the whole',
  },
  {
    name: 'halves are always rounded up',
    file: `${ledger}/money/rounding.ts`,
    find: 'return floor % 2n === 0n ? floor : floor + 1n',
    replace: 'return floor + 1n',
    tests: moneyTests,
    only: 'ties go to the even',
  },
  {
    name: 'an anchor on the 31st stays on the 28th after February',
    file: `${ledger}/money/periods.ts`,
    find: 'return new Date(start.add({ months }).epochMilliseconds)',
    replace:
      'let at = start\n  for (let n = 0; n < months; n++) at = at.add({ months: 1 })\n  return new Date(at.epochMilliseconds)',
    tests: moneyTests,
    only: '31st',
  },
  {
    name: 'the conversion costs nothing',
    file: `${ledger}/money/convert.ts`,
    find: 'conversionFeeBasisPoints = 200n',
    replace: 'conversionFeeBasisPoints = 0n',
    tests: moneyTests,
    only: 'two per cent',
  },
  {
    name: 'the plan’s credit pays for the plan',
    file: `${ledger}/money/credits.ts`,
    find: '({ takesServiceCredit }) => takesServiceCredit',
    replace: '() => true',
    tests: moneyTests,
    only: 'credits',
  },
  {
    name: 'processing is taken beyond a share',
    file: `${ledger}/money/split.ts`,
    find: 'const processing = fee < ownShare ? fee : ownShare',
    replace: 'const processing = fee',
    tests: moneyTests,
    only: 'split',
  },
  {
    name: 'refunds in parts take more than one of the same sum',
    file: `${ledger}/money/split.ts`,
    find: 'const [then, now] = [takenBack(split, real, before), takenBack(split, real, after)]',
    replace:
      'const [then, now] = [takenBack(split, real, 0n), takenBack(split, real, amount < 0n ? 0n : amount)]',
    tests: moneyTests,
    only: 'refunds',
  },
  {
    name: 'anybody may ask what the ledger’s postings come to',
    file: 'platform/src/features/ledger/read.ts',
    find: 'sumPostings(unit: UnitOfWork, query: TotalQuery) {\n  requireAdmin(unit.actor)',
    replace: 'sumPostings(unit: UnitOfWork, query: TotalQuery) {',
    tests: ['platform/src/features/billing/offers.test.ts'],
    only: 'a bundle and a coupon',
  },
]
