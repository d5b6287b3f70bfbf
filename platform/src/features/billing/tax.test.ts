import { encodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { openTill } from '../../../test/billing.ts'
import { answering, asAdmin, openOffice } from '../../../test/executions.ts'
import { platformPerson, type Person } from '../../../test/people.ts'
import { moneyTest, workOff } from '../../../test/stripe.ts'
import { verifyMoney } from '../../ledger-checks.ts'
import { settleRefundJob } from '../refunds/index.ts'

const test = moneyTest({ taxPercent: 19.6 })

const usd = (amount: number) => ({ amount, currency: 'USD' })

test('where Stripe works out taxes, no provider earns of them or pays for them, and a refund brings them back whole', async ({
  platform,
  operator,
}) => {
  const till = openTill(platform, operator)
  const { subscription } = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: usd(19_999) } },
  })
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })
  await till.giveCard('pm_card_bypassPending')
  await till.run(subscription)
  await till.advance(14)
  // Stripe asks where the customer is, before it works out anything.
  expect(await till.newest()).toMatchObject({
    state: 'draft',
    failure: expect.stringContaining('customer address'),
  })

  await giveCardOnPage(operator)
  for (const sync of platform.deps.stripeSyncs)
    if (sync.object === 'customer')
      for (const { id } of (await platform.deps.stripe.customers.list({ limit: 10 })).data)
        await sync.sync(platform.deps, { id, account: null })
  await till.turn()
  const invoice = await till.newest()
  const charged = invoice.card.amount as number
  const tax = invoice.tax.amount as number
  expect(invoice.state).toBe('paid')
  expect(Math.abs(tax - charged * 0.196)).toBeLessThan(invoice.lines.length)

  const [line] = await asAdmin<{ id: string; card: number; share: number; processing: number }[]>(
    platform,
    `select l.id, l.card::int as card, s.share::int as share, s.processing::int as processing
     from bizq.settled_lines s join bizq.invoice_lines l on l.id = s.line_id where s.line = 19999`,
  )
  if (!line) throw new Error('nothing was shared out')
  expect(line.share + line.processing).toBe(15_999)
  const fee = Math.round((charged + tax) * 0.029) + 30
  expect(Math.abs(line.processing - (fee * line.card) / (charged + tax))).toBeLessThanOrEqual(1)

  const admin = await platformPerson(platform, 'owner')
  for (const amount of [6_667, 13_332]) {
    const asked = { line: encodeId('inl', line.id), amount, way: 'card', reason: 'It did not work.' }
    expect((await admin.post('/v1/admin/refunds', asked)).status).toBe(201)
    await workOff(platform, [settleRefundJob])
  }
  const [given] = await asAdmin<{ card: number; tax: number }[]>(
    platform,
    'select sum(card)::int as card, sum(tax)::int as tax from bizq.refunds',
  )
  expect(given?.card).toBe(line.card)
  expect(Math.abs((given?.tax ?? 0) - (tax * line.card) / charged)).toBeLessThan(1)
  const { checks } = await verifyMoney(platform.deps, { wait: () => Promise.resolve() })
  expect(checks.filter(({ faults }) => faults.length > 0)).toEqual([])
})

async function giveCardOnPage(operator: Person): Promise<void> {
  const { body } = await operator.post('/v1/billing/payment-method', { returnTo: '/billing' })
  const answer = await fetch(body.url as string, {
    method: 'POST',
    body: new URLSearchParams({ card: '4000000000000077' }),
    redirect: 'manual',
  })
  expect(answer.status).toBe(303)
}
