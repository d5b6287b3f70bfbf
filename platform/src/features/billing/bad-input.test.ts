import { encodeId } from '@bizq/sdk/contract'
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { billingTest } from '../../../test/billing.ts'
import { createBusiness, platformPerson, signUpOperator } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'

const test = billingTest()

const plan = (more: object) => ({ plan: 'starter', ...more })

test('a coupon that is over before it begins, or takes off more than Stripe charges, is refused', async ({
  platform,
}) => {
  const admin = await platformPerson(platform, 'owner')
  const add = async (more: object) =>
    (await admin.post('/v1/admin/coupons', { code: 'LATE-ONE', ...more })).body
  expect(await add({ percent: 10, redeemBy: '2020-01-01T00:00:00Z' })).toMatchObject({
    status: 422,
    errors: [{ pointer: '/redeemBy' }],
  })
  expect(await add({ amount: { amount: 1_000_000_000_000, currency: 'USD' } })).toMatchObject({
    status: 422,
    errors: [{ pointer: '/amount/amount', detail: expect.stringContaining('99999999') }],
  })
})

test('the same services are in no second bundle while the first stands', async ({ platform }) => {
  const admin = await platformPerson(platform, 'owner')
  const provider = await signUpOperator(platform.app, 'provider')
  for (let i = 0; i < 2; i++) await publish(provider)
  const services = (await provider.get('/v1/provider/services')).body.items.map(
    ({ id }: { id: string }) => id,
  )
  const add = (name: string, of: string[]) =>
    admin.post('/v1/admin/bundles', { name, services: of, percent: 10 })
  const first = await add('Together', services)
  const second = await add('Once more', services.toReversed())
  expect(second).toMatchObject({ status: 409, body: { detail: expect.stringContaining('“Together”') } })
  await admin.send('DELETE', `/v1/admin/bundles/${first.body.id}`)
  expect((await add('Once more', services)).status).toBe(201)
})

test('only businesses of one’s own are kept, and no more than the plan serves', async ({
  platform,
  operator,
}) => {
  const other = await signUpOperator(platform.app)
  const [strange, own] = [await createBusiness(other), await createBusiness(operator)]
  const more: string[] = []
  for (let i = 0; i < 3; i++) more.push(await createBusiness(operator))
  const ask = async (keep: string[]) => [
    (await operator.send('PUT', '/v1/billing/plan', plan({ keep }))).body,
    (await operator.post('/v1/billing/plan/preview', plan({ keep }))).body,
  ]
  for (const id of [strange, encodeId('bus', randomUUID())])
    for (const answer of await ask([own, id]))
      expect(answer).toMatchObject({ status: 422, errors: [{ pointer: '/keep/1' }] })
  for (const answer of await ask([own, ...more]))
    expect(answer).toMatchObject({ status: 422, errors: [{ pointer: '/keep' }] })
  expect((await operator.send('PUT', '/v1/billing/plan', plan({ keep: [own] }))).status).toBe(200)
})

test('a preview in another currency than the account’s says which is its own', async ({ operator }) => {
  await operator.send('PUT', '/v1/billing/plan', plan({ currency: 'USD' }))
  const preview = await operator.post('/v1/billing/plan/preview', plan({ currency: 'EUR' }))
  expect(preview).toMatchObject({ status: 409, body: { detail: expect.stringContaining('pays in USD') } })
})

test('who may not change money is told that, whatever they send', async ({ platform, operator }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  for (const path of ['/v1/admin/coupons', '/v1/admin/bundles', '/v1/admin/credits'])
    expect((await operator.post(path, { no: 'sense' })).status).toBe(403)
  const coupon = encodeId('cpn', randomUUID())
  expect((await operator.send('DELETE', `/v1/admin/coupons/${coupon}`)).status).toBe(403)
  expect((await provider.post('/v1/billing/plan/preview', { no: 'sense' })).status).toBe(403)
  expect((await provider.send('PUT', '/v1/billing/plan', { no: 'sense' })).status).toBe(403)
})
