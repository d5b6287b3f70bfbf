import { decodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { expect, test as plain } from 'vitest'
import { test } from '../../../test/harness.ts'
import { signUpOperator } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'
import { levelsJob } from './jobs.ts'
import { levelOf, levelsOf, type Level, type Standing } from './levels.ts'

const well = { executions: 1_000, succeeded: 995, accepted: 100, undone: 2 }
const amongMany = { place: 50, services: 400 }

type Row = [what: string, standing: Partial<Standing>, field: Partial<typeof amongMany>, level: Level]
const table: Row[] = [
  ['a new service', { customers: 0, executions: 0, succeeded: 0 }, {}, 'bronze'],
  ['99 customers', { customers: 99 }, {}, 'bronze'],
  ['100 customers', { customers: 100 }, {}, 'silver'],
  ['999 customers', { customers: 999 }, {}, 'silver'],
  ['1,000 customers', { customers: 1_000 }, {}, 'gold'],
  ['the top 1 %', { customers: 1_000 }, { place: 4 }, 'platinum'],
  ['just below the top 1 %', { customers: 1_000 }, { place: 5 }, 'gold'],
  ['the most of few services', { customers: 5_000 }, { place: 1, services: 99 }, 'gold'],
  ['the top, with too few customers for gold', { customers: 500 }, { place: 1 }, 'silver'],
  ['many customers, and 2 % of executions fail', { customers: 1_000, succeeded: 980 }, {}, 'silver'],
  ['100 customers, and 2 % of executions fail', { customers: 100, succeeded: 980 }, {}, 'bronze'],
  ['the top, and much is undone', { customers: 1_000, undone: 6 }, { place: 1 }, 'gold'],
  ['little was decided yet', { customers: 100, accepted: 10, undone: 9 }, {}, 'silver'],
  ['it hardly ran', { customers: 100, executions: 99, succeeded: 99 }, {}, 'bronze'],
]

plain.each(table)('%s', (_what, standing, field, level) => {
  expect(levelOf({ customers: 0, ...well, ...standing }, { ...amongMany, ...field })).toBe(level)
})

plain('who has as many customers has the same place', () => {
  const all = Array.from({ length: 200 }, (_, i) => ({ ...well, customers: i < 2 ? 2_000 : 1_000 }))
  const found = levelsOf(all).map(({ level }) => level)
  expect(found.filter((level) => level === 'platinum')).toHaveLength(2)
})

test('a level is reckoned once a day, and stands on the listing and with the provider', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service } = await publish(provider)
  const levelNow = async () => [
    (await operator.get(`/v1/services/${service}`)).body.level,
    (await provider.get('/v1/provider/services')).body.items[0].level,
  ]
  expect(await levelNow()).toEqual(['bronze', 'bronze'])
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  const { id } = (await provider.get(`/v1/provider/services/${service}`)).body
  await admin.query(`update bizq.services set level = 'gold' where id = $1`, [decodeId('svc', id)])
  await admin.end()
  expect(await levelNow()).toEqual(['gold', 'gold'])
  await levelsJob.handle(platform.deps, [{}])
  expect(await levelNow()).toEqual(['bronze', 'bronze'])
  const log = (await provider.get('/v1/audit?limit=100')).body.items
  expect(log).toContainEqual(expect.objectContaining({ action: 'service.change-level' }))
})
