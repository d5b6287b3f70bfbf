import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, openOffice, type Office } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { join } from '../../../test/people.ts'
import { endpoint, leadTo, listen, openRemoteOffice } from '../../../test/remote.ts'
import { makeReportJob } from './index.ts'

/** A service that reminds of every invoice, and whose report says what it was given. */
const reporting = (report: string) => `(input) => input.period ? (${report}) : ({
  proposals: input.data.invoices.map((invoice) => ({
    type: 'invoice.remind', parameters: { invoice: invoice.id }, impact: invoice.amountDue, confidence: 0.97,
    because: [{ dataset: 'invoices', id: invoice.id }],
  })),
  recommendations: [], state: null,
  metrics: { owed: input.data.invoices[0].amountDue, count: 3 },
})`
const told = `{
  kpis: [{ name: 'Owed', value: input.history.executions[0].metrics.owed, change: 0.5 }],
  improvements: input.history.actions.map((action) => [action.decision, action.reason, action.stake, action.isUndone].join(' ')),
  savings: [{ what: 'Less to chase', amount: input.history.executions[0].metrics.owed }],
  nextActions: [input.period.from + ' to ' + input.period.to, 'grace ' + input.settings.graceDays],
}`

/** The month in which what happened two days ago lies. */
const month = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 7)

const pathOf = (office: Office) => `/v1/subscriptions/${office.subscription}/reports`

/** Runs the service and decides on one of what it proposes; then two days pass. */
async function work(platform: Platform, operator: Parameters<typeof openOffice>[1], office: Office) {
  const execution = await office.run()
  const { items } = (await operator.get(`/v1/actions?execution=${execution.id}`)).body
  const decision = { version: items[0].version, decision: 'reject', reason: { code: 'bad-timing' } }
  expect((await operator.post(`/v1/actions/${items[0].id}/decision`, decision)).status).toBe(200)
  const subscription = decodeId('sub', office.subscription)
  for (const statement of [
    `update bizq.executions set finished_at = finished_at - interval '2 days' where subscription_id = $1`,
    `update bizq.actions set proposed_at = proposed_at - interval '2 days', decided_at = decided_at - interval '2 days',
       updated_at = updated_at - interval '2 days' where subscription_id = $1`,
    `update bizq.subscriptions set created_at = created_at - interval '40 days' where id = $1`,
  ])
    await asAdmin(platform, statement, [subscription])
  return execution
}

test('a service tells of its month from its own executions and decisions, and its money is exact again', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: reporting(told), manifest: { report: true } })
  const execution = await work(platform, operator, office)
  const made = await operator.post(pathOf(office), { month })
  expect(made.status).toBe(201)
  const { owed } = execution.output.metrics
  expect(made.body).toMatchObject({
    source: 'service',
    problem: null,
    month,
    kpis: [{ name: 'Owed', value: owed, change: 0.5 }],
    savings: [{ what: 'Less to chase', amount: owed }],
    nextActions: [expect.stringContaining(`${month}-01 to ${month}-`), 'grace 5'],
  })
  expect(made.body.improvements).toContain('rejected bad-timing  false')
  expect((await operator.get(pathOf(office))).body.items).toEqual([made.body])
})

test('a service is told nothing of the day that is not over, and no stake at all', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, {
    body: reporting(`{ kpis: [{ name: 'Executions', value: input.history.executions.length }],
      improvements: input.history.actions.map((action) => action.decision + ' ' + JSON.stringify(action.stake)),
      savings: [], nextActions: [] }`),
    manifest: { report: true },
  })
  await work(platform, operator, office)
  const { items } = (await operator.get('/v1/actions?state=proposed')).body
  await operator.post(`/v1/actions/${items[0].id}/decision`, {
    version: items[0].version,
    decision: 'approve',
  })
  const { body } = await operator.post(pathOf(office), { month })
  expect(body.improvements.toSorted()).toEqual(['rejected null', 'undecided null'])
  await asAdmin(platform, 'update bizq.executions set finished_at = now() where subscription_id = $1', [
    decodeId('sub', office.subscription),
  ])
  const again = await operator.post(pathOf(office), { month: new Date().toISOString().slice(0, 7) })
  expect(again.body.kpis).toEqual([{ name: 'Executions', value: 0, change: null }])
})

test('where a service tells nothing, or nothing that is right, the platform tells what it knows', async ({
  platform,
  operator,
}) => {
  const plain = await openOffice(platform, operator, { body: reporting('null') })
  await work(platform, operator, plain)
  const { body } = await operator.post(pathOf(plain), { month })
  expect(body).toMatchObject({ source: 'platform', problem: null, improvements: [] })
  expect(body.kpis).toEqual(
    expect.arrayContaining([
      { name: 'Executions', value: 1, change: null },
      { name: 'Proposed actions', value: 2, change: null },
      { name: 'Accepted of those decided, in %', value: 0, change: null },
    ]),
  )
  expect(body.nextActions).toEqual(['Decide on 1 proposed action that still waits.'])

  const wrong = await openOffice(platform, operator, {
    body: reporting(
      `{ kpis: [{ name: 'x', value: 'much' }], improvements: [], savings: [], nextActions: [] }`,
    ),
    manifest: { report: true },
  })
  const said = (await operator.post(pathOf(wrong), { month: new Date().toISOString().slice(0, 7) })).body
  expect(said).toMatchObject({ source: 'platform', problem: expect.stringContaining('/kpis/0/value') })
})

test('a service on its provider’s own server is asked, signed and without a stake, and 404 means the platform’s', async ({
  platform,
  operator,
}) => {
  const asked: { path: string; headers: object; body: string }[] = []
  let answer: { status: number; body: string } = { status: 404, body: '{}' }
  const server = await listen((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
  })
  leadTo(platform, server.url)
  const office = await openRemoteOffice(platform, operator, {
    manifest: { report: true, runtime: { kind: 'remote', endpoint } },
  })
  const now = { month: new Date().toISOString().slice(0, 7) }
  expect((await operator.post(pathOf(office), now)).body).toMatchObject({ source: 'platform', problem: null })
  answer = {
    status: 200,
    body: JSON.stringify({ kpis: [], improvements: ['It went well.'], savings: [], nextActions: [] }),
  }
  expect((await operator.post(pathOf(office), now)).body).toMatchObject({
    source: 'service',
    improvements: ['It went well.'],
  })
  answer = { status: 500, body: 'oh no' }
  expect((await operator.post(pathOf(office), now)).body).toMatchObject({
    source: 'platform',
    problem: 'Its server answered 500.',
  })
  const sent = asked.filter(({ path }) => path === '/bizq/report')
  expect(sent).toHaveLength(3)
  expect(sent[0]?.headers).toMatchObject({ 'webhook-signature': expect.stringContaining('v1a,') })
  expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ grant: office.grant, version: '1.0.0' })
  expect(sent[0]?.body).not.toContain(office.business)
  await server.close()
})

test('a service is told nothing of a business that was fenced off: the platform tells of its month', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: reporting(told), manifest: { report: true } })
  await work(platform, operator, office)
  const fence = (isFenced: boolean) =>
    operator.send('PUT', `/v1/businesses/${office.business}/fence`, { isFenced })
  expect((await fence(true)).status).toBeLessThan(300)
  expect((await operator.post(pathOf(office), { month })).body).toMatchObject({ source: 'platform' })
  await fence(false)
  expect((await operator.post(pathOf(office), { month })).body).toMatchObject({ source: 'service' })
})

test('a report is made once by the month, for its operator alone, by who may, of months that there were', async ({
  platform,
  operator,
  stranger,
}) => {
  const office = await openOffice(platform, operator, { body: reporting('null') })
  const now = new Date().toISOString().slice(0, 7)
  const payload = {
    organisation: decodeId('org', operator.organisation),
    subscription: decodeId('sub', office.subscription),
    month: now,
  }
  await makeReportJob.handle(platform.deps, [payload])
  const [first] = (await operator.get(pathOf(office))).body.items
  await makeReportJob.handle(platform.deps, [payload, { ...payload, month: '2020-01' }])
  expect((await operator.get(pathOf(office))).body.items).toEqual([first])
  expect((await stranger.get(pathOf(office))).status).toBe(404)
  expect((await stranger.post(pathOf(office), { month: now })).status).toBe(404)
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.post(pathOf(office), { month: now })).status).toBe(403)
  for (const wrong of ['2020-01', '2999-01', 'soon'])
    expect((await operator.post(pathOf(office), { month: wrong })).body.errors[0].pointer).toBe('/month')
})

/** Approves every reminder, carries them out as of some days ago, and has the first invoice paid; answers what was due on it. */
async function remindAndPay(
  platform: Platform,
  operator: Parameters<typeof openOffice>[1],
  office: Office,
  paidDaysAgo: number,
) {
  const execution = await work(platform, operator, office)
  const all = (await operator.get(`/v1/actions?execution=${execution.id}`)).body.items
  const open = all.filter(({ state }: { state: string }) => state === 'proposed')
  for (const { id, version } of open)
    await operator.post(`/v1/actions/${id}/decision`, { version, decision: 'approve' })
  const [first] = open
  const subscription = decodeId('sub', office.subscription)
  await asAdmin(
    platform,
    `update bizq.actions set state = 'applied', decided_at = now() - interval '5 days', updated_at = now() - interval '5 days'
     where subscription_id = $1 and state = 'approved'`,
    [subscription],
  )
  await asAdmin(
    platform,
    `update bizq.effects set state = 'done', carried_out_at = now() - interval '5 days' where action_id = $1`,
    [decodeId('act', first.id)],
  )
  await asAdmin(
    platform,
    `update data.invoices set status = 'paid', paid_at = current_date - $2::int, amount_due = 0 where id = $1`,
    [decodeId('inv', first.parameters.invoice), paidDaysAgo],
  )
  return first.stake
}

test('what was paid after a reminder was sent is told as that, and as no saving', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: reporting('null') })
  const stake = await remindAndPay(platform, operator, office, 2)
  const { body } = await operator.post(pathOf(office), { month })
  expect(body.kpis).toContainEqual({
    name: `Paid within 30 days of being asked for (${stake.currency})`,
    value: stake,
    change: null,
  })
  expect(body.improvements).toEqual([
    'Of 1 invoice that a customer was asked for, 1 was paid within 30 days. Some may have been paid anyway.',
  ])
  expect(body.savings).toEqual([])
})

test('what was paid before a reminder was sent is not told as its doing', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator, { body: reporting('null') })
  await remindAndPay(platform, operator, office, 6)
  const { body } = await operator.post(pathOf(office), { month })
  expect(body.improvements).toEqual([])
  expect(body.kpis.map(({ name }: { name: string }) => name).join()).not.toContain('Paid')
})

test('a service is told what was measured where it reads as much itself, and not where it does not', async ({
  platform,
  operator,
}) => {
  const measured = `{ kpis: [], improvements: [], nextActions: [],
    savings: input.history.actions.flatMap(({ measured }) => measured ? [{ what: 'Paid after a reminder', amount: measured }] : []) }`
  const usual = ['id', 'customer', 'dueAt', 'amountDue', 'status']
  for (const [fields, isTold] of [
    [[...usual, 'paidAt'], true],
    [usual, false],
  ] as const) {
    const data = { invoices: { fields, history: '180d', purpose: 'To find the invoices that are late.' } }
    const office = await openOffice(platform, operator, {
      body: reporting(measured),
      manifest: { report: true, data },
    })
    const stake = await remindAndPay(platform, operator, office, 2)
    const { body } = await operator.post(pathOf(office), { month })
    expect(body).toMatchObject({ source: 'service', problem: null })
    expect(body.savings).toEqual(isTold ? [{ what: 'Paid after a reminder', amount: stake }] : [])
  }
})
