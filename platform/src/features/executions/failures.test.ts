import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import {
  answering,
  asAdmin,
  endless,
  openOffice,
  remindAll,
  runIt,
  throwing,
} from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { createBusiness } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { upgradeSubscriptionsJob } from '../subscriptions/index.ts'
import { circuitThreshold } from './settle.ts'

test('an endless service is stopped, tried again with growing waits on the same input, and then failed', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, endless)
  const waits: number[] = []
  const digests = new Set<string>()
  for (const attempt of [1, 2, 3]) {
    const execution = await office.run()
    expect(execution).toMatchObject({ attempts: attempt, outcome: 'timed-out' })
    digests.add(execution.input.digest)
    if (attempt === 3) expect(execution.state).toBe('failed')
    else {
      expect(execution.state).toBe('waiting')
      waits.push(Math.round((Date.parse(execution.nextAttemptAt) - Date.now()) / 60_000))
      await office.add('customers', { name: `New ${attempt}`, country: 'GB' })
      await office.hurry()
    }
  }
  expect(waits).toEqual([1, 5])
  expect(digests.size).toBe(1)
  const left = await operator.get(`/v1/subscriptions/${office.subscription}/disclosures`)
  expect(left.body.items).toHaveLength(1)
})

test('a retry is of the release and the grant that were claimed, whatever the subscription was upgraded to since', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, endless)
  const first = await office.run()
  const { service } = office.published
  const next = await publish(office.provider, { service, ...endless.manifest, version: '1.0.1' }, remindAll)
  await upgradeSubscriptionsJob.handle(platform.deps, [{ release: next.release }])
  const upgraded = (await operator.get(`/v1/subscriptions/${office.subscription}`)).body
  expect(upgraded.grant).not.toBe(office.grant)
  await office.hurry()
  expect(await office.run()).toMatchObject({
    id: first.id,
    attempts: 2,
    outcome: 'timed-out',
    grant: office.grant,
  })
  await office.hurry()
  await office.run()
  expect(await office.run()).toMatchObject({
    outcome: 'succeeded',
    release: { version: '1.0.1' },
    grant: upgraded.grant,
  })
})

test('an attempt that is not due yet does nothing', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator, endless)
  await office.run()
  expect(await office.run()).toMatchObject({ state: 'waiting', attempts: 1 })
})

test('what the code throws fails at once; its operator reads the words, its provider only class and place', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: throwing('TypeError') })
  expect(await office.run()).toMatchObject({
    state: 'failed',
    outcome: 'failed',
    attempts: 1,
    log: expect.stringContaining('before'),
    reason: 'TypeError: as told',
    error: { name: 'TypeError', message: 'as told' },
  })
  const told = await asAdmin<Record<string, unknown>[]>(
    platform,
    'select * from bizq.provider_executions where organisation_id = $1',
    [decodeId('org', office.provider.organisation)],
  )
  expect(told).toMatchObject([
    {
      outcome: 'failed',
      error_name: 'TypeError',
      stack: expect.arrayContaining([{ line: 2, column: 62 }]),
    },
  ])
  expect(JSON.stringify(told)).not.toContain('as told')
  expect(JSON.stringify(told)).not.toContain('before')
  for (const secret of [operator.organisation, office.business, office.subscription, office.grant]) {
    expect(JSON.stringify(told)).not.toContain(decodeId(secret.slice(0, 3) as 'org', secret))
  }
})

test('an output that breaks the rules is refused whole', async ({ platform, operator }) => {
  const unknown = 'inv_' + '0'.repeat(32)
  const office = await openOffice(platform, operator, {
    body: answering(`{ proposals: [
      ...input.data.invoices.map(({ id }) => ({ type: 'invoice.remind', parameters: { invoice: id }, confidence: 1, because: [] })),
      { type: 'invoice.remind', parameters: { invoice: '${unknown}' }, confidence: 1, because: [] },
    ] }`),
  })
  const execution = await office.run()
  expect(execution).toMatchObject({
    state: 'failed',
    outcome: 'invalid-output',
    error: { problems: [{ pointer: '/proposals/2/parameters/invoice' }] },
  })
  expect((await operator.get(`/v1/actions?execution=${execution.id}`)).body.items).toEqual([])
})

test('a service may ask to be run later, or say that it cannot serve; neither counts as a failure', async ({
  platform,
  operator,
}) => {
  const later = await openOffice(platform, operator, {
    body: throwing('RetryLater', '{ afterSeconds: 600 }'),
  })
  const waiting = await later.run()
  expect(waiting).toMatchObject({ state: 'waiting', outcome: 'retry-later' })
  expect(Math.round((Date.parse(waiting.nextAttemptAt) - Date.now()) / 60_000)).toBe(10)
  const soon = await openOffice(platform, operator, { body: throwing('RetryLater', '{ afterSeconds: 1 }') })
  const { nextAttemptAt } = await soon.run()
  expect(Date.parse(nextAttemptAt) - Date.now()).toBeGreaterThan(50_000)
  const cannot = await openOffice(platform, operator, {
    body: throwing('CannotServe', "{ reason: 'There are no order lines.' }"),
  })
  expect(await cannot.run()).toMatchObject({
    state: 'refused',
    outcome: 'cannot-serve',
    reason: 'There are no order lines.',
  })
  const failures = await asAdmin(platform, 'select * from bizq.release_circuits where release_id = any($1)', [
    [later, soon, cannot].map((office) => decodeId('rel', office.published.release)),
  ])
  expect(failures).toEqual([])
})

test('after ten failures in a row a release rests for every subscriber, and one success brings it back', async ({
  platform,
  operator,
  stranger,
}) => {
  const office = await openOffice(platform, operator, {
    body: `(input) => { if (input.settings.graceDays === 5) throw new Error('no'); return (${answering('{}')})(input) }`,
  })
  await operator.send('PATCH', `/v1/subscriptions/${office.subscription}`, { readAllowanceRows: 1_000 })
  for (let i = 0; i < circuitThreshold; i++) expect((await office.run()).outcome).toBe('failed')
  expect(await office.run()).toMatchObject({
    state: 'waiting',
    attempts: 0,
    reason: 'The release failed too often and is resting.',
  })
  const other = await createBusiness(stranger)
  const { id } = await subscribe(stranger, other, office.published.service, { graceDays: 6 })
  const [theirs] = (await stranger.get(`/v1/subscriptions/${id}/executions`)).body.items
  await runIt(platform, stranger, theirs.id)
  expect((await stranger.get(`/v1/executions/${theirs.id}`)).body.state).toBe('waiting')

  await asAdmin(platform, `update bizq.release_circuits set opened_until = now() - interval '1 second'`)
  await asAdmin(platform, `update bizq.executions set next_attempt_at = now() where state = 'waiting'`)
  await runIt(platform, stranger, theirs.id)
  expect((await stranger.get(`/v1/executions/${theirs.id}`)).body.state).toBe('succeeded')
  expect((await office.run()).outcome).toBe('failed')
  expect((await office.run()).outcome).toBe('failed')
})
