import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { clientOf, paying, secretKey, started } from './test/simulator.ts'

const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as Stripe.errors.StripeError,
  )

async function post(url: string, path: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
  })
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  }
}

test('only the secret key is let in', async () => {
  const { simulator } = await started()

  const answer = await fetch(`${simulator.url}/v1/customers`, {
    headers: { authorization: 'Bearer sk_test_of_somebody' },
  })
  const none = await fetch(`${simulator.url}/v1/customers`)
  const basic = await fetch(`${simulator.url}/v1/customers`, {
    headers: { authorization: `Basic ${btoa(`${secretKey}:`)}` },
  })
  const control = await fetch(`${simulator.url}/_simulator/controls/clock`, {
    method: 'POST',
    body: '{"now":1}',
  })

  expect([answer.status, none.status, basic.status, control.status]).toEqual([401, 401, 200, 401])
  expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
})

test('the same key and the same request are carried out once and answered twice', async () => {
  const { stripe } = await started()
  const create = () => stripe.customers.create({ name: 'Once' }, { idempotencyKey: 'customer:1' })

  const [first, second] = await Promise.all([create(), create()])

  expect(second.id).toBe(first.id)
  expect([
    first.lastResponse.headers['idempotent-replayed'],
    second.lastResponse.headers['idempotent-replayed'],
  ]).toEqual([undefined, 'true'])
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('the same key with other parameters is refused', async () => {
  const { stripe } = await started()
  await stripe.customers.create({ name: 'One' }, { idempotencyKey: 'customer:2' })

  const error = await refused(stripe.customers.create({ name: 'Other' }, { idempotencyKey: 'customer:2' }))

  expect(error).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 })
})

test('a declined payment is answered again under its key without being tried again', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe, 'pm_card_chargeCustomerFail')
  const pay = () => {
    const method = customer.invoice_settings.default_payment_method
    const params = {
      amount: 900,
      currency: 'usd',
      customer: customer.id,
      confirm: true,
      off_session: true,
      payment_method: method as string,
    }
    return refused(stripe.paymentIntents.create(params, { idempotencyKey: 'pay:1' }))
  }

  const errors = [await pay(), await pay()]

  expect(errors.map((each) => each?.statusCode)).toEqual([402, 402])
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('a key is forgotten after a day', async () => {
  let now = Date.UTC(2026, 10, 21)
  const { stripe } = await started({ clock: () => now })
  const create = () => stripe.customers.create({ name: 'Daily' }, { idempotencyKey: 'customer:3' })
  const first = await create()

  now += 25 * 3_600_000
  const second = await create()

  expect(second.id).not.toBe(first.id)
})

test('a request that is refused changes nothing, whatever it had begun', async () => {
  const { stripe } = await started()
  const params = { name: 'Half', payment_method: 'pm_card_chargeDeclined' }

  const error = await refused(stripe.customers.create(params))

  expect(error).toMatchObject({ code: 'card_declined' })
  expect((await stripe.customers.list()).data).toEqual([])
  expect((await stripe.events.list()).data).toEqual([])
})

test('a parameter that is not known is refused, not passed over', async () => {
  const { simulator } = await started()

  const answer = await post(simulator.url, '/v1/customers', 'name=Ann&colour=red')

  expect(answer).toMatchObject({
    status: 400,
    body: { error: { code: 'parameter_unknown', param: 'colour' } },
  })
})

test('nested forms are read as Stripe reads them', async () => {
  const { simulator } = await started()

  const answer = await post(
    simulator.url,
    '/v1/customers',
    'metadata[a]=1&metadata[2]=two&invoice_settings[custom_fields][0][name]=PO&invoice_settings[custom_fields][0][value]=7&preferred_locales[]=en&preferred_locales[]=pt',
  )

  expect(answer.body).toMatchObject({
    metadata: { a: '1', 2: 'two' },
    preferred_locales: ['en', 'pt'],
    invoice_settings: { custom_fields: [{ name: 'PO', value: '7' }] },
  })
})

test('a name that would reach into the language itself is refused', async () => {
  const { simulator } = await started()

  const answer = await post(simulator.url, '/v1/customers', 'metadata[__proto__][polluted]=yes')

  expect(answer.status).toBe(400)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('lists are newest first, in pages, forwards and backwards', async () => {
  const { stripe } = await started()
  const made: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e']) made.unshift((await stripe.customers.create({ name })).id)

  const all: string[] = []
  for await (const customer of stripe.customers.list({ limit: 2 })) all.push(customer.id)
  const back = await stripe.customers.list({ limit: 2, ending_before: String(made[4]) })

  expect(all).toEqual(made)
  expect(back.data.map((each) => each.id)).toEqual(made.slice(2, 4))
  expect(back.has_more).toBe(true)
})

test('a list by time holds what lies within', async () => {
  let now = 1_800_000_000_000
  const { stripe } = await started({ clock: () => now })
  await stripe.customers.create({ name: 'before' })
  now += 60_000
  await stripe.customers.create({ name: 'after' })

  const { data } = await stripe.customers.list({ created: { gt: 1_800_000_000, lte: 1_800_000_060 } })

  expect(data.map((each) => each.name)).toEqual(['after'])
})

test('what is not there is answered as Stripe answers it', async () => {
  const { stripe } = await started()

  const direct = await refused(stripe.customers.retrieve('cus_none'))
  const named = await refused(stripe.invoices.create({ customer: 'cus_none' }))
  const route = await refused(stripe.rawRequest('GET', '/v1/issuing/cards') as Promise<unknown>)
  const account = await refused(stripe.balance.retrieve({}, { stripeAccount: 'acct_none' }))

  expect(direct).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' })
  expect(named).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' })
  expect(route).toMatchObject({ statusCode: 404 })
  expect(account).toMatchObject({ statusCode: 403, code: 'account_invalid' })
})

test('objects stand in the place of their ids where they are asked for', async () => {
  const { stripe } = await started()
  const customer = await paying(stripe)

  const found = await stripe.customers.list({ expand: ['data.invoice_settings.default_payment_method'] })
  const wrong = await refused(stripe.customers.retrieve(customer.id, { expand: ['shoe_size'] }))

  expect(found.data[0]?.invoice_settings.default_payment_method).toMatchObject({
    object: 'payment_method',
    card: { last4: '4242' },
  })
  expect(wrong).toMatchObject({ statusCode: 400, param: 'expand' })
})

test('requests fail as often as they are told to, and no more', async () => {
  const { simulator, stripe, control } = await started()
  await control('failures', { mode: '500', next: 1 })
  await control('failures', { mode: '429', next: 1, path: '/v1/customers' })

  const errors = [await refused(stripe.customers.list()), await refused(stripe.customers.list())]

  expect(errors.map((each) => each?.statusCode)).toEqual([500, 429])
  expect((await stripe.customers.list()).data).toEqual([])
  const patient = clientOf(simulator.url, { maxNetworkRetries: 3 })
  await control('failures', { mode: '500', next: 2 })
  expect(await patient.customers.create({ name: 'Patient' })).toMatchObject({ name: 'Patient' })
})

test('an answer that is lost was carried out once, and is answered when it is asked for again', async () => {
  const { simulator, stripe, control } = await started()
  await control('failures', { mode: 'lost_answer', next: 1, path: '/v1/customers' })
  const patient = clientOf(simulator.url, { maxNetworkRetries: 2 })

  const customer = await patient.customers.create({ name: 'Lost and found' })

  expect(customer.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect((await stripe.customers.list()).data.map((each) => each.id)).toEqual([customer.id])
})
