import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, openOffice, remindAll, type Office } from '../../../test/executions.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import { join, platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { workOn } from '../../jobs/work.ts'
import { numberOf } from '../subscriptions/index.ts'
import { tellDisputeJob, tellLateJob } from './index.ts'
import { moveDispute } from './store.ts'

const test = base.extend<{ admin: Person; office: Office }>({
  admin: [
    async ({ platform }: { platform: Platform }, use: (admin: Person) => Promise<void>) => {
      await workOn(platform.deps, [tellDisputeJob])
      await use(await platformPerson(platform, 'owner'))
    },
    { scope: 'file' },
  ] as never,
  // oxlint-disable-next-line eslint/no-unused-vars -- there has to be somebody who decides
  office: async ({ platform, operator, admin: _ }, use) =>
    use(await openOffice(platform, operator, { body: remindAll })),
})

const complaint = {
  about: { kind: 'subscription' },
  reason: 'wrong-result',
  words:
    'It reminded Ann Lee of Lee Harbour Supplies Ltd (ann@lee.test) twice, says Robin Test of Harbour Gifts.',
  wish: 'credit',
  amount: { amount: 500, currency: 'USD' },
}

async function open(operator: Person, office: Office, change: object = {}) {
  const made = await operator.post(`/v1/subscriptions/${office.subscription}/disputes`, {
    ...complaint,
    ...change,
  })
  expect(made.status).toBe(201)
  return made.body
}

const actionsOf = async (person: Person, dispute: string): Promise<string[]> =>
  (await person.get(`/v1/audit?action=dispute.&subject=${dispute}`)).body.items.map(
    ({ action }: { action: string }) => action,
  )

const eventsOf = (platform: Platform, person: Person, dispute: string) =>
  asAdmin<{ type: string }[]>(
    platform,
    `select type from bizq.events where organisation_id = $1 and payload ->> 'dispute' = $2 order by seq`,
    [decodeId('org', person.organisation), dispute],
  ).then((rows) => rows.map(({ type }) => type))

test('a dispute reaches its provider and the platform, each of whom reads no more than it may know', async ({
  platform,
  operator,
  admin,
  office,
}) => {
  const own = await open(operator, office)
  expect(own).toMatchObject({
    state: 'open',
    isOverdue: false,
    own: { words: complaint.words, subscription: office.subscription, business: office.business },
    subscriber: null,
    parties: null,
  })
  expect(new Date(own.dueAt).getTime() - new Date(own.openedAt).getTime()).toBeCloseTo(48 * 3_600_000, -5)

  const told = (await office.provider.get(`/v1/disputes/${own.id}`)).body
  const [row] = await asAdmin<{ id: string }[]>(
    platform,
    'select subscriber_id as id from bizq.subscriptions where id = $1',
    [decodeId('sub', office.subscription)],
  )
  const number = numberOf(
    platform.deps.keyring,
    'subscriber',
    decodeId('org', office.provider.organisation),
    row?.id ?? '',
  )
  expect(told).toMatchObject({ own: null, parties: null, subscriber: number.slice(-4) })
  expect(told.words).toMatch(
    /^It reminded (\[person\]|cus_[0-9a-f]{32}) of cus_[0-9a-f]{32} \(\[email\]|cus_/,
  )
  const seen = (await admin.get(`/v1/disputes/${own.id}`)).body
  expect(seen).toMatchObject({
    own: null,
    subscriber: null,
    parties: {
      operator: { id: operator.organisation },
      provider: { id: office.provider.organisation },
    },
  })
  for (const each of [JSON.stringify(told), JSON.stringify(seen)])
    for (const secret of [
      'Ann',
      'Lee',
      'ann@lee.test',
      'Robin',
      'Harbour Gifts',
      office.business,
      office.subscription,
    ])
      expect(each).not.toContain(secret)
  expect(JSON.stringify(told)).not.toContain(operator.organisation)
})

test('the provider answers once, the platform decides with reasons, and all three have it in their logs and events', async ({
  platform,
  operator,
  admin,
  office,
}) => {
  const { id } = await open(operator, office)
  const answer = await office.provider.post(`/v1/disputes/${id}/answer`, {
    words: 'The second one came of a re-import; write to help@provider.test.',
  })
  expect(answer.body).toMatchObject({ state: 'answered', answer: expect.stringContaining('[email]') })
  expect((await office.provider.post(`/v1/disputes/${id}/answer`, { words: 'Once more.' })).status).toBe(409)

  const decided = await admin.post(`/v1/disputes/${id}/decision`, {
    outcome: 'for-operator',
    words: 'The reminder went out twice.',
    credit: { amount: 500, currency: 'USD' },
  })
  expect(decided.body).toMatchObject({ state: 'decided', credit: { amount: 500, currency: 'USD' } })
  for (const side of [operator, office.provider]) {
    const seen = (await side.get(`/v1/disputes/${id}`)).body
    expect(seen).toMatchObject({
      state: 'decided',
      outcome: 'for-operator',
      decision: 'The reminder went out twice.',
      answer: answer.body.answer,
    })
    expect((await actionsOf(side, id))[0]).toBe('dispute.decided')
    expect((await eventsOf(platform, side, id)).at(-1)).toBe('dispute.decided')
  }
  expect((await actionsOf(admin, id))[0]).toBe('dispute.decided')
  expect((await admin.post(`/v1/disputes/${id}/decision`, { outcome: 'shared', words: 'No.' })).status).toBe(
    409,
  )
  expect((await operator.post(`/v1/disputes/${id}/withdrawal`)).status).toBe(409)
})

test('a side that did not act itself is told soon, in its log and by an event', async ({
  platform,
  operator,
  admin,
  office,
}) => {
  const { id } = await open(operator, office)
  for (const side of [office.provider, admin])
    await expect.poll(() => actionsOf(side, id)).toEqual(['dispute.opened'])
  await office.provider.post(`/v1/disputes/${id}/answer`, { words: 'We look into it.' })
  await expect.poll(() => eventsOf(platform, operator, id)).toEqual(['dispute.opened', 'dispute.answered'])
  await operator.post(`/v1/disputes/${id}/withdrawal`)
  await expect.poll(() => eventsOf(platform, office.provider, id)).toContain('dispute.withdrawn')
})

test('a dispute is nobody else’s to read, answer, withdraw or decide', async ({
  platform,
  operator,
  stranger,
  office,
}) => {
  const { id } = await open(operator, office)
  const otherProvider = await signUpOperator(platform.app, 'provider')
  for (const other of [stranger, otherProvider]) {
    expect((await other.get(`/v1/disputes/${id}`)).status).toBe(404)
    expect((await other.get('/v1/disputes')).body.items).toEqual([])
  }
  expect((await otherProvider.post(`/v1/disputes/${id}/answer`, { words: 'Ours.' })).status).toBe(404)
  expect((await stranger.post(`/v1/disputes/${id}/withdrawal`)).status).toBe(404)
  const decision = { outcome: 'for-provider', words: 'We are right.' }
  for (const other of [operator, stranger, office.provider, otherProvider])
    expect((await other.post(`/v1/disputes/${id}/decision`, decision)).status).toBe(403)
  for (const role of ['certifier', 'viewer'] as const) {
    const person = await platformPerson(platform, role)
    expect((await person.post(`/v1/disputes/${id}/decision`, decision)).status).toBe(403)
    expect((await person.get(`/v1/disputes/${id}`)).status).toBe(403)
  }
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.post(`/v1/disputes/${id}/withdrawal`)).status).toBe(403)
  expect((await operator.get(`/v1/disputes/${id}`)).body.state).toBe('open')
})

test('a dispute may be about one action or one execution of the very subscription', async ({
  platform,
  operator,
  admin,
  office,
}) => {
  const execution = await office.run()
  const [action] = (await operator.get(`/v1/actions?subscription=${office.subscription}`)).body.items
  const about = await open(operator, office, { about: { kind: 'action', action: action.id } })
  expect(about).toMatchObject({ about: 'action', actionType: 'invoice.remind', own: { action: action.id } })
  const told = (await office.provider.get(`/v1/disputes/${about.id}`)).body
  expect(told).toMatchObject({ about: 'action', actionType: 'invoice.remind', own: null })
  await open(operator, office, { about: { kind: 'execution', execution: execution.id } })
  expect((await admin.get(`/v1/disputes?service=${about.service.id}`)).body.items).toHaveLength(2)

  const elsewhere = await openOffice(platform, operator, { provider: office.provider, body: remindAll })
  const foreign = await operator.post(`/v1/subscriptions/${elsewhere.subscription}/disputes`, {
    ...complaint,
    about: { kind: 'action', action: action.id },
  })
  expect(foreign.status).toBe(404)
})

test('the same thing is in dispute once at a time, and a credit is of the price alone', async ({
  operator,
  office,
}) => {
  const path = `/v1/subscriptions/${office.subscription}/disputes`
  for (const amount of [
    { amount: 6_001, currency: 'USD' },
    { amount: 500, currency: 'GBP' },
    { amount: 0, currency: 'USD' },
  ])
    expect((await operator.post(path, { ...complaint, amount })).status).toBe(422)
  const { id } = await open(operator, office)
  expect((await operator.post(path, complaint)).status).toBe(409)
  await operator.post(`/v1/disputes/${id}/withdrawal`)
  await open(operator, office)
})

test('what is not answered in 48 hours is overdue', async ({ platform, operator, admin, office }) => {
  const { id } = await open(operator, office)
  await asAdmin(platform, `update bizq.disputes set due_at = now() - interval '1 minute' where id = $1`, [
    decodeId('dsp', id),
  ])
  for (const side of [operator, office.provider, admin])
    expect((await side.get(`/v1/disputes/${id}`)).body.isOverdue).toBe(true)
})

test('of a dispute that is late each side is told once, the platform first of all; of one that ended in time nobody', async ({
  platform,
  operator,
  admin,
  office,
}) => {
  const { id } = await open(operator, office)
  const late = (dispute: string) =>
    asAdmin(platform, `update bizq.disputes set due_at = now() - interval '1 minute' where id = $1`, [
      decodeId('dsp', dispute),
    ])
  await tellLateJob.handle(platform.deps, [])
  for (const side of [admin, operator, office.provider])
    expect(await eventsOf(platform, side, id)).not.toContain('dispute.late')
  await late(id)
  for (let i = 0; i < 2; i++) await tellLateJob.handle(platform.deps, [])
  for (const side of [admin, operator, office.provider]) {
    expect((await eventsOf(platform, side, id)).filter((type) => type === 'dispute.late')).toHaveLength(1)
    expect((await actionsOf(side, id)).filter((action) => action === 'dispute.late')).toHaveLength(1)
  }
  await operator.post(`/v1/disputes/${id}/withdrawal`)
  const other = (await open(operator, office)).id
  await operator.post(`/v1/disputes/${other}/withdrawal`)
  await late(other)
  await tellLateJob.handle(platform.deps, [])
  expect(await eventsOf(platform, admin, other)).not.toContain('dispute.late')
})

test('a dispute is moved by the row of the platform alone, whichever organisation is named as it', async ({
  platform,
  operator,
  office,
}) => {
  const { id } = await open(operator, office)
  for (const side of [operator, office.provider]) {
    const organisation = decodeId('org', side.organisation)
    const actor = systemActor(organisation, side === operator ? 'operator' : 'provider')
    const moved = withUnitOfWork(platform.deps, actor, ({ tx }) =>
      moveDispute(tx, organisation, decodeId('dsp', id), ['open'], { state: 'decided' }),
    )
    await expect(moved).resolves.toBeNull()
    expect((await side.get(`/v1/disputes/${id}`)).body.state).toBe('open')
  }
})
