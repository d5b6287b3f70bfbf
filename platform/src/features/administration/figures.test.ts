import { decodeId } from '@bizq/sdk/contract'
import fc from 'fast-check'
import { expect, test as plain } from 'vitest'
import { asAdmin, openOffice, remindAll } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { platformPerson } from '../../../test/people.ts'
import { keepDays, percentileOf } from './figures.ts'

plain('a percentile of counts is at most nine per cent above the true one, and never below it', () => {
  const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95), (all, share) => {
      const buckets = new Map<number, number>()
      for (const value of all) {
        const bucket = Math.floor(8 * Math.log2(value))
        buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
      }
      const sorted = all.toSorted((a, b) => a - b)
      const exact = sorted[Math.ceil(all.length * share) - 1] ?? 0
      const told = percentileOf(buckets, share) ?? 0
      expect(told).toBeGreaterThanOrEqual(exact * 0.999_999)
      expect(told).toBeLessThanOrEqual(exact * 1.091)
    }),
  )
  expect(percentileOf(new Map(), 0.95)).toBeNull()
})

test('figures count what happened in the period, beside the period before, and days that are kept count alike', async ({
  platform,
  operator,
}) => {
  const admin = await platformPerson(platform, 'owner')
  const office = await openOffice(platform, operator, { body: remindAll })
  await office.run()
  const [action] = (await operator.get('/v1/actions')).body.items
  await operator.post(`/v1/actions/${action.id}/decision`, {
    decision: 'reject',
    version: action.version,
    reason: { code: 'bad-timing' },
  })
  const look = async (days: number) => (await admin.get(`/v1/admin/figures?days=${days}`)).body
  const now = await look(7)
  expect(now.period).toMatchObject({
    operators: 1,
    providers: 1,
    businesses: 1,
    subscriptions: 1,
    newSubscriptions: 1,
    endedSubscriptions: 0,
    executions: 1,
    successRate: 1,
    actionsDecided: 1,
    actionsAccepted: 0,
    submissions: 1,
    complaints: 0,
  })
  expect(now.period.latencyP95Ms).toBeGreaterThan(0)
  expect(now.before).toMatchObject({ operators: 0, subscriptions: 0, executions: 0, successRate: null })
  expect(now.daily).toHaveLength(7)
  expect(now.daily.at(-1)).toMatchObject({ succeeded: 1, otherwiseDecided: 1, newSubscriptions: 1 })

  await asAdmin(
    platform,
    `update bizq.executions set finished_at = now() - interval '8 days', state = 'failed' where organisation_id = $1`,
    [decodeId('org', operator.organisation)],
  )
  const counted = await look(7)
  expect(counted.period).toMatchObject({ executions: 0, successRate: null })
  expect(counted.before).toMatchObject({ executions: 1, successRate: 0 })
  await keepDays(platform.deps)
  await keepDays(platform.deps)
  const { countedAt, ...kept } = await look(7)
  expect({ ...kept, countedAt: counted.countedAt }).toEqual(counted)
  const long = await asAdmin<{ what: string }[]>(
    platform,
    `select what from bizq.marketplace_days where what <> 'counted' and day < current_date - 1`,
  )
  expect(long).toEqual([{ what: 'executions:failed' }])

  // Of very many executions, what was counted lately is told without looking through them; the next count finds what changed.
  await asAdmin(
    platform,
    `insert into bizq.marketplace_days (organisation_id, day, what, count)
     select organisation_id, day, 'executions:cancelled', 10001 from bizq.marketplace_days where what = 'counted' and day = (now() at time zone 'UTC')::date`,
  )
  const again = `update bizq.executions set finished_at = now() where organisation_id = $1`
  await asAdmin(platform, again, [decodeId('org', operator.organisation)])
  expect({ ...(await look(7)), countedAt }).toEqual({ ...kept, countedAt })
  await asAdmin(platform, `update bizq.marketplace_days set count = count - 3600 where what = 'counted'`)
  expect((await look(7)).period).toMatchObject({ executions: 1, successRate: 0 })
  await keepDays(platform.deps)
  expect((await look(7)).period).toMatchObject({ executions: 1, successRate: 0 })
})
