import type { Mutation } from './mutation.ts'

const features = 'platform/src/features'
const transferTests = [`${features}/payouts/transfers.test.ts`]
const refundTests = [`${features}/refunds/refunds.test.ts`]
const noticeTests = [`${features}/notifications/money.test.ts`]

/** What those whose money it is must be told of it, and that each figure leads to what it is the sum of. */
export const toldMutations: readonly Mutation[] = [
  {
    name: 'a provider is not told that a part of a transfer was taken back',
    file: `${features}/payouts/transfer.ts`,
    find: "theirs.emit('transfer.reversed', {",
    replace: 'void ({',
    tests: transferTests,
    only: 'told once what was taken back',
  },
  {
    name: 'a statement lists no transfer that was reversed',
    file: `${features}/payouts/earning-store.ts`,
    find: ".where('r.state', '=', 'made')",
    replace: ".where('r.state', '=', 'refused')",
    tests: transferTests,
    only: 'told once what was taken back',
  },
  {
    name: 'a provider reads of a refund where nothing succeeded',
    file: `${features}/refunds/settle.ts`,
    find: "  no_execution: 'no-execution',\n",
    replace: '',
    tests: refundTests,
    only: 'charged wrongly',
  },
  {
    name: 'what was given back counts what the platform had paid',
    file: `${features}/billing/money-store.ts`,
    find: "p.account in ('stripe_balance', 'disputes', 'operator_credit', 'tax')",
    replace: "p.account in ('stripe_balance', 'disputes', 'operator_credit', 'tax', 'credit_cost')",
    tests: refundTests,
    only: 'the sum of what was given back',
  },
  {
    name: 'a figure of several accounts leads to the sum of all',
    file: `${features}/ledger/read-store.ts`,
    find: '    ...given(accounts, sql`p.account = any(${[...(accounts ?? [])]}::text[])`),\n',
    replace: '',
    tests: refundTests,
    only: 'the sum of what was given back',
  },
  {
    name: 'an operator is told of its money in another time than its invoices are in',
    file: `${features}/notifications/money.ts`,
    find: "if (kind === 'operator') return ownPresent(unit)",
    replace: "if (kind === 'operator') return Promise.resolve(unit.clock())",
    tests: noticeTests,
    only: 'in its own time',
  },
]
