import type { Mutation } from './mutation.ts'

const features = 'platform/src/features'
const roomTests = ['platform/src/http/room.test.ts']

/** What keeps one organisation from taking what is everybody's, and a provider from what it was not shown. */
export const bounds: readonly Mutation[] = [
  {
    name: 'an organisation has as many of everything as it likes',
    file: 'platform/src/http/room.ts',
    find: 'if ((await count()) < most) return',
    replace: 'if ((await count()) >= 0) return',
    tests: roomTests,
    only: 'and no more',
  },
  {
    name: 'the last place is given to all that come at once',
    file: 'platform/src/http/room.ts',
    find: 'await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx)',
    replace: 'await sql`select hashtextextended(${key}, 0)`.execute(tx)',
    tests: roomTests,
    only: 'at the same moment',
  },
  {
    name: 'a provider has everything checked at once',
    file: `${features}/releases/submission.ts`,
    find: "await requireRoom(unit, 'checks',",
    replace: "if (known?.version === '') await requireRoom(unit, 'checks',",
    tests: roomTests,
    only: 'four releases',
  },
  {
    name: 'a provider calls its own release certified',
    file: `${features}/releases/publication.ts`,
    find: "if (state === 'certified' && row.state !== 'staged')",
    replace: "if (state === 'certified' && row.state === 'staged' && row.version === '')",
    tests: [`${features}/certification/certification.test.ts`],
    only: 'cannot call a release certified',
  },
  {
    name: 'a service is asked for the report of a business that was fenced off',
    file: `${features}/reports/service.ts`,
    find: '!isClosed && !isFenced && ',
    replace: '!isClosed && (isFenced || !isFenced) && ',
    tests: [`${features}/reports/reports.test.ts`],
    only: 'fenced off',
  },
  {
    name: 'device codes are tried without end at an address that is written otherwise',
    file: `${features}/oauth/interactions.ts`,
    find: "if (!/^(\\/[\\w.-]+)+$/.test(path)) throw new ProblemError('not-found')",
    replace: '',
    tests: [`${features}/oauth/people.test.ts`],
    only: 'many device codes',
  },
  {
    name: 'a stranger’s server is sent the whole trial of a release that names it',
    file: `${features}/executions/remote-trial.ts`,
    find: 'await (introduced ??= introduce(deps, release))',
    replace: 'void (introduced ?? introduce)',
    tests: [`${features}/executions/remote-trial.test.ts`],
    only: 'asked for its health, and for nothing else',
  },
  {
    name: 'an output is checked by its provider’s schema for as long as that takes',
    file: `${features}/executions/judge.ts`,
    find: "import { checkOutputInTime } from '@bizq/sdk/contract/host'",
    replace: "import { checkOutput as checkOutputInTime } from '@bizq/sdk/contract'",
    tests: [`${features}/executions/hard-cases.test.ts`],
    only: 'keeps nobody else waiting',
  },
  {
    name: 'settings are checked by a provider’s schema for as long as that takes',
    file: `${features}/subscriptions/settings.ts`,
    find: "import { checkAgainstInTime } from '@bizq/sdk/contract/host'",
    replace: "import { checkAgainst as checkAgainstInTime } from '@bizq/sdk/contract'",
    tests: [`${features}/executions/hard-cases.test.ts`],
    only: 'keeps nobody else waiting',
  },
]
