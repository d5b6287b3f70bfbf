import { decodeId } from '@bizq/sdk/contract'
import { expect, vi } from 'vitest'
import { asAdmin, openOffice, type Office } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { join, platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { takeTold } from '../../../test/told.ts'

const pathOf = (office: Office) => `/v1/subscriptions/${office.subscription}/messages`
const write = (operator: Person, office: Office, words = 'When will it read bills as well?') =>
  operator.post(pathOf(office), { words })

/** The provider's side of the only thread of a service. */
async function theirs(office: Office) {
  const { items } = (await office.provider.get(`/v1/provider/services/${office.published.service}/threads`))
    .body
  expect(items).toHaveLength(1)
  const path = `/v1/provider/subscribers/${items[0].subscriber}/messages`
  return { thread: items[0], path, messages: (await office.provider.get(path)).body.items }
}

test('an operator and a provider write to each other, and each reads it on its own side', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  expect((await operator.get(pathOf(office))).body).toMatchObject({
    items: [],
    thread: { unread: 0, whyClosed: null, service: { publisher: 'Test Holdings' } },
  })
  expect((await write(operator, office)).status).toBe(201)
  const { path, thread, messages } = await theirs(office)
  expect(thread).toMatchObject({ unread: 1, label: thread.subscriber.slice(-4) })
  expect(messages).toMatchObject([{ sender: 'operator', words: 'When will it read bills as well?' }])
  expect((await office.provider.post(`${path}/read`)).status).toBe(204)
  expect((await theirs(office)).thread.unread).toBe(0)

  expect((await office.provider.post(path, { words: 'With the next release.' })).status).toBe(201)
  expect((await operator.get('/v1/threads')).body).toMatchObject({
    unread: 1,
    items: [{ subscription: office.subscription, unread: 1 }],
  })
  const mine = (await operator.get(pathOf(office))).body
  expect(mine.items).toMatchObject([
    { sender: 'provider', words: 'With the next release.' },
    { sender: 'operator' },
  ])
  await operator.post(`${pathOf(office)}/read`)
  expect((await operator.get('/v1/threads')).body.unread).toBe(0)
  expect(await takeTold(platform, 'threads-tell', operator)).toMatchObject([
    { type: 'message.from-provider', payload: { subscription: office.subscription } },
  ])
})

test('what an operator writes reaches the provider redacted, with its records as the pseudonyms of this subscription', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const words =
    'Harbour Gifts here (Robin Test, robin@harbour.example, 020 7946 0958, www.harbour.example, GB29 NWBK 6016 1331 9268 19). You chased Lee Harbour Supplies Ltd twice.'
  const preview = await operator.post(`${pathOf(office)}/preview`, { words })
  const sent = await write(operator, office, words)
  const { messages } = await theirs(office)
  expect(messages[0].words).toBe(preview.body.delivered)
  expect(messages[0].words).toMatch(/You chased cus_[0-9a-f]{32} twice/)
  for (const secret of ['Harbour', 'Test', 'Lee', 'Robin', 'robin', '7946', 'example', 'NWBK'])
    expect(messages[0].words).not.toContain(secret)
  expect(sent.body).toMatchObject({ words, delivered: messages[0].words })
  const rows = await asAdmin<object[]>(
    platform,
    `select * from bizq.subscriber_messages where organisation_id = $1`,
    [decodeId('org', office.provider.organisation)],
  )
  expect(JSON.stringify(rows)).not.toContain('Harbour')
})

test('what a provider writes reaches the operator without names, addresses and numbers, and a pseudonym with its name', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  await write(operator, office, 'You chased Lee Harbour Supplies Ltd twice.')
  const { path, messages } = await theirs(office)
  const pseudonym = /cus_[0-9a-f]{32}/.exec(messages[0].words)?.[0] ?? ''
  const words = `I am Anna Kowalski, anna@maker.example. ${pseudonym} paid late. <a href="x">So</a>`
  await office.provider.post(path, { words })
  const [message] = (await operator.get(pathOf(office))).body.items
  expect(message.words).not.toMatch(/Anna|Kowalski|anna@/)
  expect(message.words).toContain(`${pseudonym} paid late. <a href="x">So</a>`)
  expect(message.names).toEqual({ [pseudonym]: 'Ann Lee' })
})

test('nothing that a provider gets of a thread names the operator, the business, the subscription or the person', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  await write(operator, office)
  const { thread, path } = await theirs(office)
  const organisation = decodeId('org', office.provider.organisation)
  const rows = await asAdmin<object[]>(
    platform,
    `select to_jsonb(t), to_jsonb(m) from bizq.subscriber_threads t join bizq.subscriber_messages m on m.thread_id = t.id
     where t.organisation_id = $1`,
    [organisation],
  )
  const told = await takeTold(platform, 'threads-tell', office.provider)
  expect(told).toMatchObject([
    { type: 'message.from-subscriber', payload: { subscriber: thread.subscriber } },
  ])
  const me = (await operator.get('/v1/me')).body
  const all = JSON.stringify([rows, thread, (await office.provider.get(path)).body, told])
  for (const id of [operator.organisation, office.business, office.subscription, me.user.id]) {
    expect(all).not.toContain(id)
    expect(all).not.toContain(decodeId(id.slice(0, 3), id))
  }
})

test('nobody else reads a thread or writes in it', async ({ platform, operator, stranger }) => {
  const office = await openOffice(platform, operator)
  await write(operator, office)
  const { path } = await theirs(office)
  const viewer = await join(platform.app, operator, 'viewer')
  const other = await signUpOperator(platform.app, 'provider')
  for (const [person, at, status] of [
    [stranger, pathOf(office), 404],
    [other, pathOf(office), 403],
    [other, path, 404],
    [operator, path, 403],
  ] as const) {
    expect((await person.get(at)).status).toBe(status)
    expect((await person.post(at, { words: 'So' })).status).toBe(status)
    expect((await person.post(`${at}/read`)).status).toBe(status)
  }
  expect((await viewer.get(pathOf(office))).body.items).toHaveLength(1)
  expect((await write(viewer, office)).status).toBe(403)
  const token = await operator.withToken(['services:read'])
  expect((await write(token, office)).status).toBe(403)
  expect((await stranger.get('/v1/threads')).body.items).toEqual([])
  const admin = await platformPerson(platform, 'owner')
  expect((await admin.get('/v1/admin/threads')).body.items).toEqual([])
  expect((await write(operator, office, 'x'.repeat(4_001))).status).toBe(422)
})

const longAgo = (platform: Platform, office: Office, days: number) =>
  asAdmin(
    platform,
    `with ended as (update bizq.subscriptions set cancelled_at = now() - $2 * interval '1 day' where id = $1 returning subscriber_id)
     update bizq.subscribers set until = now() - $2 * interval '1 day' where id in (select subscriber_id from ended)`,
    [decodeId('sub', office.subscription), days],
  )

test('a thread of an ended subscription is written in for thirty days, which both sides see, and stays readable', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  await write(operator, office)
  const { path } = await theirs(office)
  const sides = [
    [operator, pathOf(office)],
    [office.provider, path],
  ] as const
  for (const [person, at] of sides) expect((await person.get(at)).body.thread.writableUntil).toBeNull()
  await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)
  const in30 = Temporal.Now.plainDateISO('UTC').add({ days: 30 }).toString()
  for (const [person, at] of sides) {
    expect((await person.get(at)).body.thread).toMatchObject({ whyClosed: null, writableUntil: in30 })
    expect((await person.post(at, { words: 'One more thing' })).status).toBe(201)
  }
  await longAgo(platform, office, 31)
  for (const [person, at] of sides) {
    const refused = await person.post(at, { words: 'One more thing' })
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('has ended')])
    const kept = (await person.get(at)).body
    expect(kept.items).toHaveLength(3)
    expect(kept.thread.whyClosed).toContain('has ended')
  }
})

/** Runs the service so many times; the paths of what is written about each, the oldest first. */
async function runs(office: Office, count: number): Promise<string[]> {
  for (let i = 0; i < count; i++) await office.run()
  const at = `/v1/provider/services/${office.published.service}/executions`
  // A line is told when no transaction is open that began before it: other files have theirs.
  const told = async () => {
    const { items } = (await office.provider.get(at)).body
    return items.length === count ? items : undefined
  }
  const items = await vi.waitUntil(told, { timeout: 30_000, interval: 50 })
  return items.map(({ id }: { id: string }) => `${at}/${id}/messages`).toReversed()
}

test('a provider begins a conversation from an execution that it was told of, and is answered there', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const [first] = await runs(office, 1)
  const about = first ?? ''
  expect((await office.provider.get(about)).body).toMatchObject({ items: [], thread: { subscriber: null } })
  const words = 'It stopped at line 3. Is the list of invoices empty? Write to anna@maker.example.'
  expect((await office.provider.post(about, { words })).status).toBe(201)
  const [message] = (await operator.get(pathOf(office))).body.items
  const { id: execution } = await office.latest()
  expect(message).toMatchObject({ sender: 'provider', about: { execution, whyClosed: null } })
  expect(message.words).not.toContain('anna@')
  const { conversation } = message.about
  const answer = { words: 'You chased Lee Harbour Supplies Ltd twice.', conversation }
  expect((await operator.post(pathOf(office), answer)).status).toBe(201)
  const theirs = (await office.provider.get(about)).body
  expect(theirs.thread).toMatchObject({ unread: 1, subscriber: null })
  expect(theirs.items.map(({ sender }: { sender: string }) => sender)).toEqual(['operator', 'provider'])
  expect(await takeTold(platform, 'threads-tell', office.provider)).toMatchObject([
    { type: 'message.from-subscriber', payload: { execution: theirs.thread.about.execution } },
  ])
  await office.provider.post(`${about}/read`)
  expect((await office.provider.get(about)).body.thread.unread).toBe(0)
})

test('conversations about two executions do not tell that they are of one subscriber, nor which', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const [first = '', second = ''] = await runs(office, 2)
  await write(operator, office, 'About Lee Harbour Supplies Ltd.')
  for (const at of [first, second]) {
    await office.provider.post(at, { words: 'Is it right?' })
    const [{ about }] = (await operator.get(pathOf(office))).body.items
    const words = 'Lee Harbour Supplies Ltd paid.'
    await operator.post(pathOf(office), { words, conversation: about.conversation })
  }
  const list = `/v1/provider/services/${office.published.service}/threads`
  const [a, b, own] = (await office.provider.get(list)).body.items
  expect([a.subscriber, b.subscriber, own.about]).toEqual([null, null, null])
  const told = JSON.stringify([
    a,
    b,
    (await office.provider.get(first)).body,
    (await office.provider.get(second)).body,
    await takeTold(platform, 'threads-tell', office.provider),
  ])
  // The subscriber's own conversation was told of by its number, which stands in nothing else.
  expect(told.split(own.subscriber)).toHaveLength(2)
  expect(told).not.toMatch(/cus_[0-9a-f]{32}/)
  const organisation = decodeId('org', office.provider.organisation)
  const [row] = await asAdmin<{ id: string }[]>(
    platform,
    `select subscriber_id as id from bizq.subscriber_threads where organisation_id = $1 limit 1`,
    [organisation],
  )
  expect(told).not.toContain(row?.id)
  expect(told).not.toContain(office.subscription)
})

test('what becomes of the subscription, or of its thread, shows in no conversation about an execution', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const [at = ''] = await runs(office, 1)
  await office.provider.post(at, { words: 'Tell me who you are.' })
  await write(operator, office)
  const before = (await office.provider.get(at)).body.thread
  expect(before.writableUntil).not.toBeNull()
  await operator.post(`/v1/subscriptions/${office.subscription}/thread/report`, { reason: 'asks-who-i-am' })
  const admin = await platformPerson(platform, 'manager')
  const [{ report }] = (await admin.get('/v1/admin/threads')).body.items
  const decision = { decision: 'close', reason: 'Asking for names is not allowed.' }
  await admin.post(`/v1/admin/threads/${report}/decision`, decision)
  await operator.send('DELETE', `/v1/subscriptions/${office.subscription}`)
  expect((await office.provider.get(at)).body.thread).toEqual(before)
  expect((await office.provider.post(at, { words: 'Are you there?' })).status).toBe(201)
  const { items } = (await operator.get(pathOf(office))).body
  expect(items.map(({ words }: { words: string }) => words)).not.toContain('Are you there?')
})

test('a conversation about an execution ends thirty days after it, and is nobody else’s', async ({
  platform,
  operator,
  stranger,
}) => {
  const office = await openOffice(platform, operator)
  const [at = ''] = await runs(office, 1)
  const other = await openOffice(platform, stranger)
  await office.provider.post(at, { words: 'Is it right?' })
  const [{ about }] = (await operator.get(pathOf(office))).body.items
  for (const [person, path, status] of [
    [other.provider, at, 404],
    [other.provider, at.replace(office.published.service, other.published.service), 404],
    [operator, at, 403],
    [await join(platform.app, office.provider, 'viewer'), at, 403],
  ] as const)
    expect((await person.post(path, { words: 'So' })).status).toBe(status)
  const answer = { words: 'So', conversation: about.conversation }
  expect((await stranger.post(pathOf(other), answer)).status).toBe(404)
  expect((await stranger.post(pathOf(office), answer)).status).toBe(404)
  await asAdmin(platform, `update bizq.provider_executions set day = current_date - 31`)
  for (const table of ['subscriber_threads', 'messages'])
    await asAdmin(platform, `update bizq.${table} set about_day = current_date - 31 where about is not null`)
  for (const [person, path] of [
    [office.provider, at],
    [operator, pathOf(office)],
  ] as const) {
    const refused = await person.post(path, person === operator ? answer : { words: 'So' })
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('execution')])
    expect((await person.get(path)).body.items).toHaveLength(1)
  }
})

test('of a muted thread nothing is told, and the provider does not learn that it is muted', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  await write(operator, office)
  const { path, thread } = await theirs(office)
  const muted = await operator.send('PATCH', `/v1/subscriptions/${office.subscription}/thread`, {
    isMuted: true,
  })
  expect(muted.body.isMuted).toBe(true)
  expect((await office.provider.post(path, { words: 'Buy the other one.' })).status).toBe(201)
  expect(await takeTold(platform, 'threads-tell', operator)).toEqual([])
  expect((await operator.get('/v1/threads')).body).toMatchObject({
    unread: 0,
    items: [{ unread: 1, isMuted: true }],
  })
  const after = (await theirs(office)).thread
  expect({ ...after, lastAt: null }).toEqual({ ...thread, lastAt: null })
})

test('a reported thread is read by the marketplace as it was delivered, and closed for both sides with a reason', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  await write(operator, office, 'Harbour Gifts asks for peace.')
  const { path } = await theirs(office)
  await office.provider.post(path, { words: 'Tell me who you are.' })
  const report = { reason: 'asks-who-i-am', words: 'It asks for my name.' }
  const at = `/v1/subscriptions/${office.subscription}/thread/report`
  expect((await operator.post(at, report)).body.isReported).toBe(true)
  expect((await operator.post(at, report)).status).toBe(409)
  const admin = await platformPerson(platform, 'manager')
  const certifier = await platformPerson(platform, 'certifier')
  const [waiting] = (await admin.get('/v1/admin/threads')).body.items
  expect(waiting).toMatchObject({ ...report, state: 'open' })
  const detail = (await admin.get(`/v1/admin/threads/${waiting.report}`)).body
  expect(detail.messages).toMatchObject([
    { words: 'Tell me who you are.' },
    { words: '[business] asks for peace.' },
  ])
  const decision = { decision: 'close', reason: 'Asking for names is not allowed.' }
  for (const person of [operator, office.provider, certifier]) {
    expect((await person.get('/v1/admin/threads')).status).toBe(403)
    expect((await person.get(`/v1/admin/threads/${waiting.report}`)).status).toBe(403)
    expect((await person.post(`/v1/admin/threads/${waiting.report}/decision`, decision)).status).toBe(403)
  }
  expect((await admin.post(`/v1/admin/threads/${waiting.report}/decision`, decision)).status).toBe(204)
  expect((await admin.post(`/v1/admin/threads/${waiting.report}/decision`, decision)).status).toBe(409)
  for (const [person, where] of [
    [operator, pathOf(office)],
    [office.provider, path],
  ] as const) {
    expect((await person.post(where, { words: 'So' })).body.detail).toContain(decision.reason)
    expect(await countClosed(platform, person)).toBe(1)
  }
  expect((await admin.get('/v1/admin/threads?show=decided')).body.items[0]).toMatchObject({ state: 'closed' })
})

const countClosed = async (platform: Platform, { organisation }: Person) => {
  const [row] = await asAdmin<{ count: number }[]>(
    platform,
    `select count(*)::int as count from bizq.events where organisation_id = $1 and type = 'thread.closed'`,
    [decodeId('org', organisation)],
  )
  return row?.count
}

test('messages are paged without a gap', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator)
  for (const words of ['One', 'Two', 'Three', 'Four', 'Five']) await write(operator, office, words)
  const { path } = await theirs(office)
  for (const [person, at] of [
    [operator, pathOf(office)],
    [office.provider, path],
  ] as const) {
    const words: string[] = []
    let cursor = ''
    do {
      const page = (await person.get(`${at}?limit=2${cursor}`)).body
      words.push(...page.items.map((each: { words: string }) => each.words))
      cursor = page.next ? `&cursor=${page.next}` : ''
    } while (cursor)
    expect(words).toEqual(['Five', 'Four', 'Three', 'Two', 'One'])
  }
})
