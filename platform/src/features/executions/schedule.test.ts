import { decodeId } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { asAdmin, daysAgo, openOffice, remindAll, runIt } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { importFile } from '../../../test/imports.ts'
import { createBusiness } from '../../../test/people.ts'
import { runJob, tickJob } from './jobs.ts'

describe('on schedule', () => {
  const tick = (platform: Platform) => tickJob.handle(platform.deps, [{}])
  const makeDue = (platform: Platform, subscription: string) =>
    asAdmin(
      platform,
      `update bizq.execution_schedules set next_run_at = now() - interval '1 minute' where subscription_id = $1`,
      [decodeId('sub', subscription)],
    )
  const nextOf = async (platform: Platform, subscription: string) => {
    const [row] = await asAdmin<{ next_run_at: Date | null }[]>(
      platform,
      `select next_run_at from bizq.execution_schedules where subscription_id = $1`,
      [decodeId('sub', subscription)],
    )
    return row?.next_run_at ?? null
  }

  test('a due service is queued once and gets its next time', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator)
    await office.run()
    await makeDue(platform, office.subscription)
    await tick(platform)
    await tick(platform)
    expect(await office.latest()).toMatchObject({ state: 'queued', trigger: 'schedule' })
    expect((await nextOf(platform, office.subscription))?.getTime()).toBeGreaterThan(Date.now())
    const all = (await operator.get(`/v1/subscriptions/${office.subscription}/executions`)).body.items
    expect(all).toHaveLength(2)
    expect((await office.run()).state).toBe('succeeded')
  })

  test('a daily service runs early in the morning where the business is', async ({ platform, operator }) => {
    const business = await createBusiness(operator, { timeZone: 'Pacific/Auckland' })
    const office = await openOffice(platform, operator, { business })
    const next = await nextOf(platform, office.subscription)
    const there = Temporal.Instant.fromEpochMilliseconds(next?.getTime() ?? 0).toZonedDateTimeISO(
      'Pacific/Auckland',
    )
    expect([4, 5]).toContain(there.hour)
    expect(next?.getTime()).toBeLessThanOrEqual(Date.now() + 86_400_000)
  })

  test('nothing is queued while it is paused or everything is stopped', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator)
    await office.run()
    await operator.post('/v1/stop')
    await makeDue(platform, office.subscription)
    await tick(platform)
    expect((await office.latest()).trigger).toBe('hand')
    await operator.send('DELETE', '/v1/stop')
    await operator.post(`/v1/subscriptions/${office.subscription}/pause`)
    await makeDue(platform, office.subscription)
    await tick(platform)
    expect((await office.latest()).trigger).toBe('hand')
  })

  test('what a dead process left is taken up, and only the last claim can settle', async ({
    platform,
    operator,
  }) => {
    const slow = `(input) => { let x = 0; for (let i = 0; i < 2e8; i++) x = (x + i) % 7; return (${remindAll})(input) }`
    const office = await openOffice(platform, operator, { body: slow })
    const { id } = await office.latest()
    const payload = {
      organisation: decodeId('org', operator.organisation),
      execution: decodeId('exe', id),
    }
    const first = runJob.handle(platform.deps, [payload])
    const isRunning = async () => (await office.latest()).state === 'running'
    while (!(await isRunning()));
    await runJob.handle(platform.deps, [payload], [0])
    expect(await office.latest()).toMatchObject({ state: 'running', attempts: 1 })
    const second = runJob.handle(platform.deps, [payload], [1])
    while ((await office.latest()).attempts === 1);
    await asAdmin(
      platform,
      `update bizq.executions set started_at = now() - interval '10 minutes' where id = $1`,
      [payload.execution],
    )
    await Promise.all([first, second, runIt(platform, operator, id)])
    expect(await office.latest()).toMatchObject({ state: 'succeeded', attempts: 3, output: { actions: 2 } })
    expect((await operator.get(`/v1/actions?execution=${id}`)).body.items).toHaveLength(2)
    const finished = await asAdmin<{ count: number }[]>(
      platform,
      `select count(*)::int as count from bizq.audit_entries where action = 'execution.finish' and subject->>'execution' = $1`,
      [id],
    )
    expect(finished).toEqual([{ count: 1 }])
  })
})

describe('on new data', () => {
  const bills = (amount: string) => `number,supplier.name,issuedAt,dueAt,amount,status
B-1,Acme Supplies Ltd,${daysAgo(20)},${daysAgo(-10)},${amount},open
`
  const mapping = {
    dataset: 'bills',
    columns: Object.fromEntries(
      ['number', 'supplier.name', 'issuedAt', 'dueAt', 'amount', 'status'].map((name) => [name, name]),
    ),
    dateOrder: 'ymd',
    decimal: '.',
  }
  const data = {
    bills: {
      fields: ['id', 'dueAt', 'amountDue', 'status'],
      history: '90d',
      purpose: 'To plan what to pay.',
    },
  }

  test('a service that waits for bills runs when an import brought some, and not when it brought nothing new', async ({
    platform,
    operator,
  }) => {
    const business = await createBusiness(operator)
    const manifest = { schedule: undefined, on: ['bills.imported'], data, actions: [] }
    const office = await openOffice(platform, operator, { business, manifest })
    expect((await office.run()).input.rows).toEqual({ bills: 0 })
    await importFile(platform, operator, business, bills('360.00'), { mapping })
    expect(await office.latest()).toMatchObject({ state: 'queued', trigger: 'new-data' })
    expect((await office.run()).input.rows).toEqual({ bills: 1 })
    const before = (await office.latest()).id
    await importFile(platform, operator, business, bills('360.00'), { mapping })
    expect((await office.latest()).id).toBe(before)
    await importFile(platform, operator, business, bills('380.00'), { mapping })
    expect((await office.latest()).id).not.toBe(before)
  })
})
