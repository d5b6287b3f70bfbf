import { decodeId } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { answering, asAdmin, openOffice, remindAll, runIt } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { createBusiness, join } from '../../../test/people.ts'

interface Money {
  amount: number
  currency: string
}

describe('by hand', () => {
  test('a service runs on masked rows, and what it proposes stands in the queue with real names and amounts', async ({
    platform,
    operator,
  }) => {
    const office = await openOffice(platform, operator, { body: remindAll })
    const execution = await office.run()
    expect(execution).toMatchObject({
      state: 'succeeded',
      outcome: 'succeeded',
      trigger: 'hand',
      attempts: 1,
      input: { rows: { invoices: 2, customers: 1 } },
      output: { actions: 2, metrics: { invoices: 2, owed: { amount: 4_000, currency: 'GBP' } } },
    })
    const { items } = (await operator.get(`/v1/actions?execution=${execution.id}&sort=newest`)).body
    expect(items.map((item: { stake: Money }) => item.stake.amount).sort()).toEqual([4_000, 9_000])
    for (const { sentence, execution: of } of items) {
      expect(sentence).toMatch(/^Remind Ann Lee of invoice N-[12] over £/)
      expect(of).toBe(execution.id)
    }
    expect(execution.output.recommendations[0].because[0].id).toMatch(/^inv_[0-9a-z]{26}$/)
  })

  test('what is delivered holds pseudonyms and scaled money, and no value that was not granted', async ({
    platform,
    operator,
  }) => {
    const office = await openOffice(platform, operator, { body: remindAll })
    const { id } = await office.run()
    const { items: own } = (await operator.get(`/v1/businesses/${office.business}/data/invoices`)).body
    const read = await operator.get(`/v1/grants/${office.grant}/data/invoices?execution=${id}`)
    expect(read.body.items).toHaveLength(2)
    for (const row of read.body.items) {
      expect(Object.keys(row).sort()).toEqual(
        ['amountDue', 'customer', 'dueAt', 'id', 'issuedAt', 'notes', 'status'].sort(),
      )
      expect(row.id).toMatch(/^inv_[0-9a-f]{32}$/)
      expect(own.map((record: { id: string }) => record.id)).not.toContain(row.id)
      expect(row.amountDue.amount).toBeGreaterThanOrEqual(8 * 4_000)
    }
    const [small, large] = read.body.items
      .map((row: { amountDue: Money }) => row.amountDue.amount)
      .sort((a: number, b: number) => a - b)
    expect(large / small).toBeCloseTo(9 / 4, 3)
  })

  test('it needs an Idempotency-Key, a manager and an active subscription', async ({
    platform,
    operator,
  }) => {
    const office = await openOffice(platform, operator)
    await office.run()
    const path = `/v1/subscriptions/${office.subscription}/executions`
    const bare = await platform.app.request(path, { method: 'POST', headers: { cookie: operator.cookie } })
    expect(bare.status).toBe(400)
    expect((await (await join(platform.app, operator, 'viewer')).post(path)).status).toBe(403)
    expect((await (await operator.withToken(['executions:read'])).post(path)).status).toBe(403)
    const headers = { 'idempotency-key': 'one-and-the-same' }
    const [first, again] = [
      await operator.post(path, undefined, { headers }),
      await operator.post(path, undefined, { headers }),
    ]
    expect([first.status, again.status]).toEqual([202, 202])
    expect(again.body.id).toBe(first.body.id)
  })

  test('there is one at a time for a subscription, however many ask', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator)
    await office.run()
    const path = `/v1/subscriptions/${office.subscription}/executions`
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => operator.post(path)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409, 409, 409, 409])
    const { items } = (await operator.get(path)).body
    expect(items.filter((item: { state: string }) => item.state === 'queued')).toHaveLength(1)
  })

  test('run twice at the same moment, an execution is settled once', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator, { body: remindAll })
    const { id } = await office.latest()
    await Promise.all([runIt(platform, operator, id), runIt(platform, operator, id)])
    await runIt(platform, operator, id)
    expect((await operator.get(`/v1/executions/${id}`)).body).toMatchObject({
      state: 'succeeded',
      attempts: 1,
    })
    expect((await operator.get(`/v1/actions?execution=${id}`)).body.items).toHaveLength(2)
    const left = await operator.get(`/v1/subscriptions/${office.subscription}/disclosures`)
    expect(left.body.items).toHaveLength(1)
  })
})

describe('what the operator holds', () => {
  test('over the read allowance nothing is read, and the execution waits', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator)
    await operator.send('PATCH', `/v1/subscriptions/${office.subscription}`, { readAllowanceRows: 5 })
    expect((await office.run()).state).toBe('succeeded')
    const refused = await office.run()
    expect(refused).toMatchObject({ state: 'waiting', outcome: 'read-allowance-reached', input: null })
    expect(Date.parse(refused.nextAttemptAt)).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    const left = `/v1/subscriptions/${office.subscription}/disclosures`
    expect((await operator.get(left)).body.items).toHaveLength(1)
    await operator.send('PATCH', `/v1/subscriptions/${office.subscription}`, { readAllowanceRows: 50 })
    await office.hurry()
    expect((await office.run()).state).toBe('succeeded')
    expect((await operator.get(left)).body.items).toHaveLength(2)
  })

  test('a window that is too large is refused before it runs, with the history that would fit', async ({
    platform,
    operator,
  }) => {
    const business = await createBusiness(operator)
    const office = await openOffice(platform, operator, { business })
    await asAdmin(
      platform,
      `insert into data.invoices (organisation_id, business_id, id, source, source_key, number, issued_at, due_at, amount, amount_due, currency, status)
       select $1, $2, uuidv7(), 'test', 'k' || i, 'k' || i, current_date - (i % 100), current_date, 100, 100, 'GBP', 'paid' from generate_series(0, 50000) i`,
      [decodeId('org', operator.organisation), decodeId('bus', business)],
    )
    const execution = await office.run()
    expect(execution).toMatchObject({ state: 'refused', outcome: 'window-too-large', input: null })
    expect(execution.reason).toMatch(/invoices: .*98d would fit/)
    const left = await operator.get(`/v1/subscriptions/${office.subscription}/disclosures`)
    expect(left.body.items).toEqual([])
  })

  test('stop everything: nothing new is run, what is queued waits, and taken back it goes on', async ({
    platform,
    operator,
  }) => {
    const office = await openOffice(platform, operator)
    await operator.post('/v1/stop')
    expect(await office.run()).toMatchObject({
      state: 'waiting',
      attempts: 0,
      reason: 'Everything is stopped.',
    })
    const refused = await operator.post(`/v1/subscriptions/${office.subscription}/executions`)
    expect(refused.body.type).toMatch(/stopped$/)
    await operator.send('DELETE', '/v1/stop')
    await office.hurry()
    expect((await office.run()).state).toBe('succeeded')
  })

  test('paused, nothing is read or run', async ({ platform, operator }) => {
    const office = await openOffice(platform, operator)
    await operator.post(`/v1/subscriptions/${office.subscription}/pause`)
    expect(await office.run()).toMatchObject({ state: 'cancelled', input: null })
    const refused = await operator.post(`/v1/subscriptions/${office.subscription}/executions`)
    expect(refused.body.type).toMatch(/subscription-not-active$/)
    await operator.post(`/v1/subscriptions/${office.subscription}/resume`)
    expect((await office.run()).state).toBe('succeeded')
  })

  test('cancelled, every kept input is deleted and what is open is called off', async ({
    platform,
    operator,
  }) => {
    const office = await openOffice(platform, operator, { body: remindAll })
    const { id } = await office.run()
    await operator.post(`/v1/subscriptions/${office.subscription}/executions`)
    await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)
    const inputs = await asAdmin(platform, 'select * from bizq.execution_inputs where subscription_id = $1', [
      decodeId('sub', office.subscription),
    ])
    expect(inputs).toEqual([])
    expect((await office.latest()).state).toBe('cancelled')
    expect((await operator.post(`/v1/executions/${id}/replay`)).body.verdict).toBe('INPUT-EXPIRED')
    expect((await operator.get(`/v1/actions?execution=${id}&state=proposed`)).body.items).toEqual([])
  })

  test('amounts in settings reach the service scaled, and state goes from one execution to the next', async ({
    platform,
    operator,
  }) => {
    const office = await openOffice(platform, operator, {
      manifest: {
        settings: {
          type: 'object',
          properties: {
            floor: {
              type: 'object',
              properties: { amount: { type: 'integer' }, currency: { type: 'string' } },
              required: ['amount', 'currency'],
              default: { amount: 1, currency: 'GBP' },
            },
          },
        },
        state: { type: 'object', properties: { runs: { type: 'integer' } } },
      },
      settings: { floor: { amount: 4_000, currency: 'GBP' } },
      body: answering(`{
        metrics: {
          same: input.data.invoices.filter(({ amountDue }) => amountDue.amount === input.settings.floor.amount).length,
          runs: input.state?.runs ?? 0, exact: input.settings.floor.amount === 4000 ? 1 : 0,
        },
        state: { runs: (input.state?.runs ?? 0) + 1 },
      }`),
    })
    expect((await office.run()).output.metrics).toEqual({ same: 1, runs: 0, exact: 0 })
    expect((await office.run()).output.metrics).toEqual({ same: 1, runs: 1, exact: 0 })
  })

  test('another organisation sees nothing of an execution', async ({ platform, operator, stranger }) => {
    const office = await openOffice(platform, operator, { body: remindAll })
    const { id } = await office.run()
    for (const person of [stranger, office.provider]) {
      expect((await person.get(`/v1/executions/${id}`)).status).toBe(404)
      expect((await person.get(`/v1/executions/${id}/receipt`)).status).toBe(404)
      expect((await person.post(`/v1/executions/${id}/replay`)).status).toBe(404)
      expect((await person.get(`/v1/subscriptions/${office.subscription}/executions`)).status).toBe(404)
      expect((await person.post(`/v1/subscriptions/${office.subscription}/executions`)).status).toBe(404)
      const read = await person.get(`/v1/grants/${office.grant}/data/invoices?execution=${id}`)
      expect([403, 404]).toContain(read.status)
    }
  })
})
