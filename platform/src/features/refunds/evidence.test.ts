import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { payInvoice } from '../../../test/invoices.ts'
import { createBusiness, signUpOperator, type Person } from '../../../test/people.ts'
import { aloneTest as test } from '../../../test/refunds.ts'
import { publish, subscribe } from '../../../test/services.ts'
import { control, workOff, type MoneyPlatform } from '../../../test/stripe.ts'
import { followEventJob, followObjectJob, reconcileJob } from '../payments/index.ts'
import { evidenceJob, settleRefundJob } from './index.ts'

const disputed = { card: 'pm_card_createDispute' }
const disputesOf = async (admin: Person) => (await admin.get('/v1/admin/stripe-disputes')).body.items
const follow = async (money: MoneyPlatform) => {
  await reconcileJob.handle(money.deps, [{}])
  await workOff(money, [settleRefundJob, followEventJob, followObjectJob])
}
const uploadsOf = (money: MoneyPlatform) => money.requests.filter(({ path }) => path === '/v1/files')

async function pdfOf(money: MoneyPlatform, person: Person): Promise<Buffer> {
  const { body } = await person.get('/v1/invoices')
  const answer = await money.app.request(`/v1/invoices/${body.items[0].id}/pdf`, {
    headers: { cookie: person.cookie },
  })
  return Buffer.from(await answer.arrayBuffer())
}

/** What an entry of the audit log adds to the evidence, if it is collected again. */
const change = (money: MoneyPlatform, payer: Person, subscription: string) =>
  asAdmin(
    money,
    `insert into bizq.audit_entries (organisation_id, actor_kind, actor_id, action, subject) values ($1, 'user', null, 'test.changed', $2)`,
    [decodeId('org', payer.organisation), JSON.stringify({ subscription })],
  )

test('the receipt that is handed in is the payer’s own invoice as it was paid, and nobody else’s', async ({
  money,
  admin,
  payer,
}) => {
  const other = await signUpOperator(money.app)
  await payInvoice(money, other, [{ card: 7_000 }])
  await payInvoice(money, payer, [{ card: 4_000 }], disputed)
  await payInvoice(money, await signUpOperator(money.app), [{ card: 9_000 }])
  const [own, others] = [await pdfOf(money, payer), await pdfOf(money, other)]
  await follow(money)
  await workOff(money, [evidenceJob])

  const [dispute] = await disputesOf(admin)
  const [upload, ...more] = uploadsOf(money)
  expect(more).toEqual([])
  expect(upload?.upload?.content.equals(own)).toBe(true)
  expect(upload?.upload?.content.equals(others)).toBe(false)
  expect(upload?.idempotencyKey).toMatch(new RegExp(`^evidence-receipt:${dispute.id}:[0-9a-f]{64}$`))
  expect(upload?.object).toMatchObject({ id: dispute.evidence.receipt })
  const atStripe = await money.deps.stripe.disputes.retrieve(dispute.stripeDispute)
  expect(atStripe.evidence).toMatchObject(dispute.evidence)
})

test('what the bank took is not told as given back, and what was given back before is', async ({
  money,
  admin,
  payer,
}) => {
  const { wire, charge } = await payInvoice(money, payer, [{ card: 1_000 }, { card: 500 }])
  await admin.post('/v1/admin/refunds', { line: wire[0], amount: 600, reason: 'Half of it did not work.' })
  await workOff(money, [settleRefundJob])
  await control(money, `charges/${charge}/dispute`)
  await follow(money)
  await workOff(money, [evidenceJob])

  const [{ evidence, stage }] = await disputesOf(admin)
  expect(stage).toBe('withdrawn')
  expect(evidence.uncategorized_text.match(/given back .*/g)).toEqual(['given back 6.00 USD'])
})

for (const [mode, path] of [
  ['lost_answer', '/v1/disputes'],
  ['500', '/v1/disputes'],
  ['lost_answer', '/v1/files'],
] as const)
  test(`evidence is handed in once and as it was first written down, though ${path} answers with ${mode}`, async ({
    money,
    admin,
    payer,
    provider,
  }) => {
    const { service } = await publish(provider)
    const business = await createBusiness(payer)
    const { id } = await subscribe(payer, business, service)
    await payInvoice(money, payer, [{ provider, card: 1_000, subscription: { id, business } }], disputed)
    await follow(money)
    const [before] = await disputesOf(admin)
    const hand = () => evidenceJob.handle(money.deps, [{ dispute: decodeId('cdp', before.id) }])
    // As often as stripe-node tries, and once more.
    await control(money, 'failures', { mode, next: 3, path })
    await expect(hand()).rejects.toThrow()
    expect(await disputesOf(admin)).toMatchObject([{ evidence: null, evidenceAt: null }])
    await change(money, payer, id)
    await hand()
    await hand()

    const [{ evidence, evidenceAt, stripeDispute }] = await disputesOf(admin)
    expect(evidenceAt).not.toBeNull()
    const atStripe = await money.deps.stripe.disputes.retrieve(stripeDispute)
    expect(atStripe.evidence).toMatchObject(evidence)
    expect(atStripe.evidence_details.submission_count).toBe(1)
    expect(evidence.access_activity_log.includes('test.changed')).toBe(path === '/v1/files')
    expect(new Set(uploadsOf(money).map(({ object }) => (object as { id: string }).id)).size).toBe(1)
  })

test('evidence says what the listing said, of each service, and stays within Stripe’s bounds', async ({
  money,
  admin,
  payer,
  provider,
}) => {
  const business = await createBusiness(payer)
  const lines = []
  for (const name of ['Ledger Tidier', 'Invoice Chaser']) {
    const { service } = await publish(provider, { name })
    const subscription = await subscribe(payer, business, service)
    lines.push({ provider, card: 1_000, subscription: { id: subscription.id, business } })
    await asAdmin(
      money,
      `insert into bizq.listing_versions (organisation_id, service_id, number, content)
       select organisation_id, id, 1, $2 from bizq.services where slug = $1`,
      [
        service,
        JSON.stringify({
          description: `${name} does as follows. ${'More of it. '.repeat(1_600)}`,
          screenshots: [],
          support: null,
          links: [],
          questions: [],
        }),
      ],
    )
  }
  await payInvoice(money, payer, lines, disputed)
  await follow(money)
  await workOff(money, [evidenceJob])

  const [{ evidence }] = await disputesOf(admin)
  expect(evidence.product_description).toContain('Ledger Tidier does as follows.')
  expect(evidence.product_description).toContain('Invoice Chaser does as follows.')
  const lengths = Object.values<string>(evidence).map((text) => text.length)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(20_000)
  expect(lengths.reduce((all, each) => all + each, 0)).toBeLessThanOrEqual(150_000)
})
