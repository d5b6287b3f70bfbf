import { randomUUID } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, answering, openOffice, runIt, type OfficeOptions } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { createBusiness, join, signUpOperator, type Person } from '../../../test/people.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { loadSharedLogs } from '../executions/index.ts'
import { openInput } from '../executions/input.ts'
import { returnSubscription } from './upgrade-return.ts'
import { upgradeSubscriptions } from './upgrade.ts'

const invoices = {
  fields: ['id', 'customer', 'issuedAt', 'dueAt', 'amountDue', 'status'],
  history: '180d',
  purpose: 'To find the invoices that are late.',
}
/** Asks for the e-mail of customers, and for their street where it may. */
function asking(change: Record<string, unknown> = {}, isRequired = false) {
  return {
    handlesPersonalData: true,
    data: {
      invoices,
      customers: {
        fields: ['id', 'country', 'email', 'street'],
        purpose: 'To group invoices by customer.',
        personal: {
          email: { purpose: 'To write to the customer.', ...(isRequired ? {} : { optional: true }) },
          street: { purpose: 'To print an address label.', optional: true },
        },
      },
    },
    ...change,
  }
}
const consentTo = (personal?: Record<string, string[]>) => ({
  fields: { invoices: invoices.fields, customers: ['id', 'country', 'email', 'street'] },
  money: 'scaled',
  history: { invoices: '180d' },
  ...(personal ? { personal } : {}),
})
const email = { customers: ['email'] }

/** Code that writes what it is given into its log. */
const echo = `(input) => { console.log(JSON.stringify(input.data)); return (${answering('{}')})(input) }`

/** An office whose customer is Ann Lee of ann@lee.test, subscribed to a service that writes what it is given into its log. */
async function openDesk(platform: Platform, operator: Person, options: OfficeOptions = {}) {
  const office = await openOffice(platform, operator, {
    manifest: asking(),
    body: echo,
    consent: consentTo(email),
    ...options,
  })
  const path = `/v1/subscriptions/${office.subscription}`
  return {
    ...office,
    path,
    /** What the service was given at the newest execution, as its log says. */
    given: async () => JSON.parse((await office.run()).log.trim()).customers,
    personal: async () => (await operator.get(`${path}/personal`)).body,
  }
}

async function inputsOf(platform: Platform, subscription: string): Promise<string[]> {
  const rows = await asAdmin<{ digest: string; content: Buffer }[]>(
    platform,
    'select digest, content from bizq.execution_inputs where subscription_id = $1',
    [decodeId('sub', subscription)],
  )
  return Promise.all(
    rows.map(async ({ digest, content }) => (await openInput(platform.deps.keyring, content, digest)) ?? ''),
  )
}

test('without a consent of its own nothing personal leaves: the fields are null, and all else goes on', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator, { consent: consentTo() })
  expect(await desk.given()).toEqual([
    { id: expect.stringMatching(/^cus_/), country: 'GB', email: null, street: null },
  ])
  expect(await desk.personal()).toMatchObject({
    fields: [
      { field: 'email', isGranted: false },
      { field: 'street', isGranted: false },
    ],
    givenBy: null,
    givenAt: null,
  })
})

test('a field that was agreed to by its name is delivered as it is, and the others are withheld', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  expect(await desk.given()).toEqual([
    { id: expect.stringMatching(/^cus_/), country: 'GB', email: 'ann@lee.test', street: null },
  ])
  const [left] = (await operator.get(`${desk.path}/disclosures`)).body.items
  const customers = left.datasets.find((each: { dataset: string }) => each.dataset === 'customers')
  expect(customers).toMatchObject({ fields: ['id', 'country', 'email'], personal: ['email'] })
  const { id } = await desk.latest()
  const receipt = (await operator.get(`/v1/executions/${id}/receipt`)).body
  expect(receipt.claims.personal).toEqual(['customers.email'])
  expect((await operator.post(`/v1/executions/${id}/replay`)).body.verdict).toBe('REPRODUCED')
})

test('to accept everything else agrees to nothing personal, and what a preview showed has to be named once more', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const { service } = await publish(await signUpOperator(platform.app, 'provider'), asking())
  const look = async (consent?: unknown) =>
    (await operator.post(`/v1/services/${service}/preview`, { business, ...(consent ? { consent } : {}) }))
      .body
  const silent = await look()
  expect(silent.consent).not.toHaveProperty('personal')
  expect(silent.personal.map(({ isGranted }: { isGranted: boolean }) => isGranted)).toEqual([false, false])

  const shown = await look(consentTo(email))
  expect(shown.personal).toMatchObject([
    { field: 'email', purpose: 'To write to the customer.', isOptional: true, isGranted: true },
    { field: 'street', isGranted: false },
  ])
  for (const personal of [undefined, {}, { customers: ['email', 'street'] }, { customers: ['street'] }]) {
    const refused = await operator.post('/v1/subscriptions', {
      preview: shown.id,
      ...(personal ? { personal } : {}),
    })
    expect([refused.status, refused.body.type]).toEqual([
      409,
      expect.stringContaining('personal-consent-needed'),
    ])
  }
  const smuggled = await operator.post('/v1/subscriptions', { preview: silent.id, personal: email })
  expect(smuggled.status).toBe(409)
  expect((await operator.post('/v1/subscriptions', { preview: shown.id, personal: email })).status).toBe(201)
})

test('only an owner who is signed in gives it: no manager, no token', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  const { service } = await publish(await signUpOperator(platform.app, 'provider'), asking())
  const consent = consentTo(email)
  const manager = await join(platform.app, operator, 'manager')
  const asManager = (method: string, path: string, body: unknown) =>
    manager.send(method, path, body, {
      headers: { 'bizq-organisation': operator.organisation, 'idempotency-key': randomUUID() },
    })
  const preview = await asManager('POST', `/v1/services/${service}/preview`, { business, consent })
  const byManager = await asManager('POST', '/v1/subscriptions', {
    preview: preview.body.id,
    personal: email,
  })
  expect([byManager.status, byManager.body.detail]).toEqual([403, expect.stringContaining('role owner')])

  const token = await operator.withToken(['*'], 'owner')
  const byToken = await token.post('/v1/subscriptions', { preview: preview.body.id, personal: email })
  expect([byToken.status, byToken.body.detail]).toEqual([403, expect.stringContaining('not of a token')])

  const byOwner = await operator.post('/v1/subscriptions', { preview: preview.body.id, personal: email })
  expect(byOwner.status).toBe(201)
})

test('it is kept with who gave it and when, and audited with each purpose', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const me = (await operator.get('/v1/me')).body
  expect(await desk.personal()).toMatchObject({
    fields: [
      { field: 'email', isGranted: true },
      { field: 'street', isGranted: false },
    ],
    givenBy: me.user.id,
    givenAt: expect.any(String),
    withdrawnAt: null,
  })
  const [grant] = (await operator.get(`${desk.path}/grants`)).body.items
  expect(grant).toMatchObject({ consent: { personal: email }, personalGivenBy: me.user.id })
  const [entry] = await asAdmin<{ subject: unknown }[]>(
    platform,
    `select subject from bizq.audit_entries where organisation_id = $1 and action = 'subscription.personal-consent'`,
    [decodeId('org', operator.organisation)],
  )
  expect(entry?.subject).toMatchObject({
    grant: desk.grant,
    personal: [{ field: 'customers.email', purpose: 'To write to the customer.' }],
  })
})

test('the database keeps no grant that opens personal data by nobody’s consent', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const strip = asAdmin(platform, 'update bizq.grants set personal_given_by = null where id = $1', [
    decodeId('gra', desk.grant),
  ])
  await expect(strip).rejects.toThrow(/personal_is_given/)
})

test('taken back, it holds at the next execution: null in its place, the old grant closed, what was kept erased', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  await desk.given()
  expect((await inputsOf(platform, desk.subscription)).join()).toContain('ann@lee.test')

  const answer = await operator.post(`${desk.path}/personal/withdrawal`, {})
  expect([answer.status, answer.body]).toMatchObject([
    200,
    { givenBy: null, withdrawnAt: expect.any(String) },
  ])
  expect(await inputsOf(platform, desk.subscription)).toEqual([])
  const { items } = (await operator.get(`${desk.path}/executions`)).body
  expect(JSON.stringify(items)).not.toContain('ann@lee.test')
  const old = await operator.get(`/v1/grants/${desk.grant}/data/customers`)
  expect([old.status, old.body.type]).toEqual([403, expect.stringContaining('grant-not-active')])

  const [customer] = await desk.given()
  expect(customer).toMatchObject({ email: null })
  expect((await operator.get(desk.path)).body.state).toBe('active')
})

test('taken back, what the service remembers of before is gone', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator, {
    manifest: asking({ state: { type: 'object' } }),
    body: `(input) => { console.log(JSON.stringify(input)); return { proposals: [], recommendations: [], metrics: {}, state: { seen: input.data.customers } } }`,
  })
  const state = async () => JSON.parse((await desk.run()).log.trim()).state
  expect(await state()).toBeNull()
  expect(await state()).toMatchObject({ seen: [{ email: 'ann@lee.test' }] })
  await operator.post(`${desk.path}/personal/withdrawal`, {})
  expect(await state()).toBeNull()
})

test('pseudonyms stay what they are when it is given and taken back', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator)
  const [before] = await desk.given()
  await operator.post(`${desk.path}/personal/withdrawal`, {})
  expect((await desk.given())[0].id).toBe(before.id)
})

test('one field can be taken back alone, and nothing that nobody agreed to', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator, { consent: consentTo({ customers: ['email', 'street'] }) })
  const strange = await operator.post(`${desk.path}/personal/withdrawal`, {
    personal: { customers: ['phone'] },
  })
  expect([strange.status, strange.body.detail]).toEqual([422, expect.stringContaining('customers.phone')])
  await operator.post(`${desk.path}/personal/withdrawal`, { personal: { customers: ['street'] } })
  expect(await desk.personal()).toMatchObject({
    fields: [
      { field: 'email', isGranted: true },
      { field: 'street', isGranted: false },
    ],
    givenBy: expect.any(String),
  })
  expect(await desk.given()).toMatchObject([{ email: 'ann@lee.test', street: null }])
})

test('a manager may take it back, and a viewer may not', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator)
  const [manager, viewer] = [
    await join(platform.app, operator, 'manager'),
    await join(platform.app, operator, 'viewer'),
  ]
  const take = (person: Person) =>
    person.send(
      'POST',
      `${desk.path}/personal/withdrawal`,
      {},
      {
        headers: { 'bizq-organisation': operator.organisation },
      },
    )
  expect((await take(viewer)).status).toBe(403)
  expect((await take(manager)).status).toBe(200)
})

test('a service that cannot do without is paused when it is taken back, and does not run until somebody agrees again', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator, { manifest: asking({}, true) })
  await operator.post(`${desk.path}/personal/withdrawal`, {})
  expect((await operator.get(desk.path)).body.state).toBe('paused')
  const resumed = await operator.post(`${desk.path}/resume`)
  expect([resumed.status, resumed.body.detail]).toEqual([422, expect.stringContaining('customers.email')])

  const { business, published } = desk
  const preview = await operator.post(`/v1/services/${published.service}/preview`, {
    business,
    consent: consentTo(email),
  })
  const again = await operator.post(`${desk.path}/consent`, { preview: preview.body.id, personal: email })
  expect(again.status).toBe(200)
  expect((await operator.post(`${desk.path}/resume`)).body.state).toBe('active')
  expect(await desk.given()).toMatchObject([{ email: 'ann@lee.test' }])
})

test('nobody subscribes without what the service cannot do without', async ({ platform, operator }) => {
  const business = await createBusiness(operator)
  const { service } = await publish(await signUpOperator(platform.app, 'provider'), asking({}, true))
  const { body } = await operator.post(`/v1/services/${service}/preview`, { business })
  const refused = await operator.post('/v1/subscriptions', { preview: body.id })
  expect([refused.status, refused.body.type]).toEqual([422, expect.stringContaining('consent-invalid')])
})

test('an execution that waits to run again on it is called off when it is taken back', async ({
  platform,
  operator,
}) => {
  const later = `() => { const error = new Error('later'); error.name = 'RetryLater'; throw Object.assign(error, { afterSeconds: 60 }) }`
  const desk = await openDesk(platform, operator, { body: later })
  const waiting = await desk.run()
  expect(waiting.state).toBe('waiting')
  await operator.post(`${desk.path}/personal/withdrawal`, {})
  const after = (await operator.get(`/v1/executions/${waiting.id}`)).body
  expect(after).toMatchObject({ state: 'cancelled', reason: expect.stringContaining('taken back') })
})

test('what is queued when it is taken back runs on the new grant', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator)
  const queued = await desk.latest()
  expect(queued.state).toBe('queued')
  await operator.post(`${desk.path}/personal/withdrawal`, {})
  await runIt(platform, operator, queued.id)
  const { log } = (await operator.get(`/v1/executions/${queued.id}`)).body
  expect(JSON.parse(log).customers).toMatchObject([{ email: null }])
})

test('an input that is read while it is taken back is not kept', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator)
  const queued = await desk.latest()
  const { masked } = platform.deps.pools
  const connect = masked.connect.bind(masked)
  let isTaken = false
  masked.connect = (async () => {
    // Between the claim and the read.
    if (!isTaken) {
      isTaken = true
      expect((await operator.post(`${desk.path}/personal/withdrawal`, {})).status).toBe(200)
    }
    return connect()
  }) as typeof masked.connect
  try {
    await runIt(platform, operator, queued.id)
  } finally {
    masked.connect = connect
  }
  expect(isTaken).toBe(true)
  expect(await inputsOf(platform, desk.subscription)).toEqual([])
  expect((await operator.get(`/v1/executions/${queued.id}`)).body.state).toBe('cancelled')
})

test('a record that is removed is erased from what was kept under the consent', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  await desk.given()
  const extra = await desk.add('customers', { name: 'Bo Ray', email: 'bo@ray.test', country: 'GB' })
  const path = `/v1/businesses/${desk.business}/data/customers`
  expect((await operator.send('PATCH', `${path}/${extra}`, { country: 'DE' })).status).toBe(200)
  expect((await inputsOf(platform, desk.subscription)).join()).toContain('ann@lee.test')
  expect((await operator.send('DELETE', `${path}/${extra}`)).status).toBe(204)
  expect(await inputsOf(platform, desk.subscription)).toEqual([])
  const { items } = (await operator.get(`${desk.path}/executions`)).body
  expect(items[0]).toMatchObject({ log: '', input: { expiresAt: null } })
})

test('the log of what was given personal data is shared with nobody', async ({ platform, operator }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const told = async (desk: Awaited<ReturnType<typeof openDesk>>) => {
    const { id } = await desk.run()
    const sharing = await operator.send('PUT', `/v1/executions/${id}/shared-log`)
    // Even if it stood there as shared.
    const [row] = await asAdmin<{ told_as: string }[]>(
      platform,
      'update bizq.executions set log_shared_at = now() where id = $1 returning told_as',
      [decodeId('exe', id)],
    )
    const logs = await loadSharedLogs(platform.deps, decodeId('org', provider.organisation), [
      row?.told_as ?? '',
    ])
    const { logSharing } = await desk.latest()
    return { status: sharing.status, logs: [...logs.values()], isOffered: logSharing !== null }
  }
  const plain = await openDesk(platform, operator, { provider, consent: consentTo() })
  expect(await told(plain)).toEqual({ status: 200, logs: [expect.stringContaining('cus_')], isOffered: true })
  const desk = await openDesk(platform, operator, { provider })
  expect(await told(desk)).toEqual({ status: 409, logs: [], isOffered: false })
})

test('a release that asks for one more personal field waits for consent; a minor one keeps what was agreed to', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const manifest = desk.published.manifest as ReturnType<typeof asking>
  const release = async (change: Record<string, unknown>) => {
    const made = await publish(
      desk.provider,
      { ...manifest, ...change, service: desk.published.service },
      echo,
    )
    await upgradeSubscriptions(platform.deps, decodeId('rel', made.release))
  }
  await release({ version: '1.0.1' })
  expect((await operator.get(desk.path)).body).toMatchObject({ version: '1.0.1', waiting: null })
  expect(await desk.given()).toMatchObject([{ email: 'ann@lee.test', street: null }])
  const me = (await operator.get('/v1/me')).body
  expect(await desk.personal()).toMatchObject({ givenBy: me.user.id })

  const { customers } = manifest.data
  await release({
    version: '1.1.0',
    data: {
      ...manifest.data,
      customers: {
        ...customers,
        fields: [...customers.fields, 'phone'],
        personal: { ...customers.personal, phone: { purpose: 'To call the customer.', optional: true } },
      },
    },
  })
  expect((await operator.get(desk.path)).body).toMatchObject({
    version: '1.0.1',
    waiting: {
      version: '1.1.0',
      reasons: expect.arrayContaining([expect.stringContaining('phone of customers')]),
    },
  })
})

test('coming back from a release gives nothing back that was taken back meanwhile', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const manifest = desk.published.manifest as ReturnType<typeof asking>
  const former = {
    release: decodeId('rel', desk.published.release),
    grant: decodeId('gra', desk.grant),
    settings: {},
  }
  const next = await publish(desk.provider, {
    ...manifest,
    version: '1.0.1',
    service: desk.published.service,
  })
  await upgradeSubscriptions(platform.deps, decodeId('rel', next.release))
  await operator.post(`${desk.path}/personal/withdrawal`, {})
  const actor = systemActor(decodeId('org', operator.organisation))
  await withUnitOfWork(platform.deps, actor, (unit) =>
    returnSubscription(unit, platform.deps, decodeId('sub', desk.subscription), {
      from: decodeId('rel', next.release),
      to: former,
      reason: 'It was worse.',
    }),
  )
  expect((await operator.get(desk.path)).body.version).toBe('1.0.0')
  expect(await desk.given()).toMatchObject([{ email: null }])
})

test('consenting anew with fewer personal fields takes the others back', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator)
  await desk.given()
  const preview = await operator.post(`/v1/services/${desk.published.service}/preview`, {
    business: desk.business,
    consent: consentTo(),
  })
  expect((await operator.post(`${desk.path}/consent`, { preview: preview.body.id })).status).toBe(200)
  expect(await inputsOf(platform, desk.subscription)).toEqual([])
  expect((await desk.personal()).withdrawnAt).toEqual(expect.any(String))
})

test('a stranger sees nothing of the consent and takes nothing back', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator)
  for (const stranger of [await signUpOperator(platform.app), desk.provider]) {
    expect((await stranger.get(`${desk.path}/personal`)).status).toBe(404)
    expect([403, 404]).toContain((await stranger.post(`${desk.path}/personal/withdrawal`, {})).status)
  }
  expect(await desk.given()).toMatchObject([{ email: 'ann@lee.test' }])
})

test('the preview shows a field as it would be seen: as it is where it is named, null where it is not', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const look = async (personal?: Record<string, string[]>) => {
    const { body } = await operator.post(`/v1/services/${desk.published.service}/preview`, {
      business: desk.business,
      consent: consentTo(personal),
    })
    return body.datasets.find((each: { dataset: string }) => each.dataset === 'customers').rows[0]
  }
  expect(await look()).toMatchObject({ original: { email: 'ann@lee.test' }, seen: { email: null } })
  expect(await look(email)).toMatchObject({ seen: { email: 'ann@lee.test', street: null } })
})

test('subscribing another business carries no consent over', async ({ platform, operator }) => {
  const desk = await openDesk(platform, operator)
  const second = await createBusiness(operator)
  const made = await subscribe(operator, second, desk.published.service)
  expect((await operator.get(`/v1/subscriptions/${made.id}/personal`)).body).toMatchObject({ givenBy: null })
})
