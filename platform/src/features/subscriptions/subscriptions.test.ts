import { randomUUIDv7 } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { withUnitOfWork, systemActor } from '../../db/unit-of-work.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'
import { insertRecords } from '../data/index.ts'

interface PreviewRow {
  original: { id: string; amountDue: { amount: number } }
  seen: { id: string; amountDue: { amount: number } }
}

const day = (ago: number) => Temporal.Now.plainDateISO('Europe/London').subtract({ days: ago }).toString()

async function fill(platform: Platform, operator: Person, business: string) {
  const organisation = decodeId('org', operator.organisation)
  const scope = { organisation, business: decodeId('bus', business) }
  const customer = randomUUIDv7()
  await withUnitOfWork(platform.deps, systemActor(organisation), async ({ tx }) => {
    await insertRecords(tx, scope, 'customers', [
      {
        id: customer,
        source: 'test',
        sourceKey: 'c1',
        values: { name: 'Ann Lee', company: 'Lee Ltd', email: 'ann@lee.test', country: 'GB' },
      },
    ])
    const invoice = (key: string, ago: number, status: string, amount: number) => ({
      id: randomUUIDv7(),
      source: 'test',
      sourceKey: key,
      values: {
        number: key,
        customer,
        issuedAt: day(ago),
        dueAt: day(ago - 30),
        amount: { amount, currency: 'GBP' },
        amountDue: { amount: status === 'open' ? amount : 0, currency: 'GBP' },
        status,
        notes: `for Ann, ${key}`,
      },
    })
    await insertRecords(tx, scope, 'invoices', [
      invoice('old-open', 400, 'open', 1_000),
      invoice('old-paid', 400, 'paid', 2_000),
      invoice('new-paid', 40, 'paid', 3_000),
      invoice('new-open', 10, 'open', 4_000),
    ])
  })
  return { customer }
}

async function providerOf(platform: Platform) {
  return signUpOperator(platform.app, 'provider')
}

test('an operator sees their own rows beside what the service would see, subscribes, and the service sees exactly that', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  await fill(platform, operator, business)
  const { service } = await publish(await providerOf(platform))
  const preview = await operator.post(`/v1/services/${service}/preview`, { business })
  expect(preview.status).toBe(200)
  const invoices = preview.body.datasets.find((each: { dataset: string }) => each.dataset === 'invoices')
  expect(invoices.rows.map((row: PreviewRow) => row.original.amountDue.amount)).toEqual([1_000, 0, 4_000])
  const { original, seen } = invoices.rows[0]
  expect(seen.id).toMatch(/^inv_[0-9a-f]{32}$/)
  expect(seen.id).not.toBe(original.id)
  expect(seen).toMatchObject({ issuedAt: day(400), status: 'open', notes: null })
  expect(seen.amountDue.amount).toBeGreaterThanOrEqual(8_000)
  expect(invoices.rows[2].seen.amountDue.amount).toBeCloseTo(4 * seen.amountDue.amount, -1)

  const made = await operator.post('/v1/subscriptions', {
    preview: preview.body.id,
    settings: { graceDays: 3 },
  })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ state: 'active', grant: preview.body.grant, settings: { graceDays: 3 } })
  const token = await operator.withToken(['grants:read'])
  const first = await token.get(`/v1/grants/${made.body.grant}/data/invoices?limit=2`)
  expect(first.status).toBe(200)
  const second = await token.get(
    `/v1/grants/${made.body.grant}/data/invoices?limit=2&cursor=${first.body.next}`,
  )
  expect([...first.body.items, ...second.body.items]).toEqual(
    invoices.rows.map((row: PreviewRow) => row.seen),
  )
  expect(second.body.next).toBeNull()
})
