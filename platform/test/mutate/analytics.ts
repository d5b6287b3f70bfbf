import type { Mutation } from './mutation.ts'

const features = 'platform/src/features'
const analytics = `${features}/analytics`

/** What a provider is told of its subscribers, their executions and their decisions. */
export const analyticsMutations: readonly Mutation[] = [
  {
    name: 'a provider reads figures over a single subscriber',
    file: `${analytics}/told.ts`,
    find: 'export const leastSubscribers = 5',
    replace: 'export const leastSubscribers = 1',
    tests: [`${analytics}/feedback.test.ts`, `${analytics}/analytics.test.ts`],
    only: 'over five subscribers|from five subscribers on',
  },
  {
    name: 'what the whole has more than its told parts is one subscriber',
    file: `${analytics}/told.ts`,
    find: '(kept > 0 && kept < leastSubscribers ? told.slice(1) : told)',
    replace: '(kept < 0 ? told.slice(1) : told)',
    tests: [`${analytics}/told.test.ts`, `${analytics}/subscribers.test.ts`],
    only: 'more than its told parts|told of no row',
  },
  {
    name: 'a day is counted in two blocks, whose difference is one subscriber’s',
    file: `${analytics}/figure-store.ts`,
    find: 'and (t.to_day is null or e.day > t.to_day)',
    replace: '',
    tests: [`${analytics}/analytics.test.ts`],
    only: 'never twice',
  },
  {
    name: 'figures are told of the day that is not over',
    file: `${analytics}/figure-store.ts`,
    find: "(now() - interval '1 hour')::date - 1 as",
    replace: 'now()::date as',
    tests: [`${analytics}/feedback.test.ts`],
    only: 'not over',
  },
  {
    name: 'the log of every execution reaches its provider',
    file: 'platform/migrations/0104_personal-consent.ts',
    find: 'where e.log_shared_at is not null and',
    replace: 'where e.told_as is not null and',
    tests: [`${analytics}/lines.test.ts`],
    only: 'nothing of whose it was|until it is taken back',
  },
  {
    name: 'a shared log is readable after it was taken back',
    file: `${features}/executions/share-log.ts`,
    find: 'log_shared_at: isShared ? new Date() : null',
    replace: 'log_shared_at: new Date()',
    tests: [`${analytics}/lines.test.ts`],
    only: 'until it is taken back',
  },
  {
    name: 'whoever a staged release runs for shares the log with its provider',
    file: `${features}/executions/settle.ts`,
    find: 'return isTestOperator(deps, row.service_id, grant.organisation)',
    replace: 'return (await isTestOperator(deps, row.service_id, grant.organisation)) || true',
    tests: [`${analytics}/lines.test.ts`],
    only: 'and of nobody else',
  },
  {
    name: 'the numbers of executions and subscribers are the ids of their rows',
    file: 'platform/src/features/subscriptions/numbers.ts',
    find: 'return encodeId(idPrefixes[what], block.toString(',
    replace: 'return encodeId(idPrefixes[what], block.length > 0 ? uuid : block.toString(',
    tests: [`${analytics}/lines.test.ts`, `${analytics}/subscribers.test.ts`],
    only: 'nothing of whose it was|their number, day',
  },
  {
    name: 'the executions that one provider was told of are open to every other',
    file: 'platform/migrations/0040_executions.ts',
    find: "(table) => `select bizq.protect('bizq.${table}')`,",
    replace:
      "(table) => table === 'provider_executions' ? 'grant select, insert, update, delete on bizq.provider_executions to bizq_app' : `select bizq.protect('bizq.${table}')`,",
    tests: ['platform/src/db/tenancy.test.ts'],
  },
  {
    name: 'why an operator left reaches the provider as it was written',
    file: `${features}/subscriptions/service.ts`,
    find: 'reason?.text && (await redactWords(unit, row.business_id, reason.text))',
    replace: 'reason?.text',
    tests: [`${analytics}/subscribers.test.ts`],
    only: 'without the names in it',
  },
  {
    name: 'lines are forgotten before they stand in figures',
    file: 'platform/migrations/0111_forgetting-lines.ts',
    find: ' and e.day < d.told_until - 90',
    replace: '',
    tests: ['platform/src/jobs/forget-old.test.ts'],
    only: 'forgotten after a hundred days',
  },
]
