import { decodeId } from '@bizq/sdk/contract'
import { nameOf, type Card, type Happening, type Of } from './happening.ts'
import {
  control,
  fillIn,
  join,
  keyOfService,
  must,
  orRefused,
  publish,
  requireOk,
  type Market,
  type Operator,
  type Party,
} from './market.ts'

type Deed<K extends Happening['kind']> = Extract<Happening, { kind: K }>
/** `key` names the happening among all of the year. */
type Perform<K extends Happening['kind']> = (market: Market, deed: Deed<K>, key: string) => Promise<unknown>

const cards: Record<Card, string> = {
  good: '4242424242424242',
  other: '5555555555554444',
  declining: '4000000000000341',
  'refund-fails': '4000000000005126',
}

const operatorOf = (market: Market, operator: number): Operator =>
  must(market.operators.get(operator), `operator ${operator}`)

const providerOf = (market: Market, provider: number): Party =>
  must(market.providers.get(provider), `provider ${provider}`)

/** The subscription that stands; none where it was refused or cancelled before. */
const standing = (market: Market, of: Of) =>
  operatorOf(market, of.operator).subscriptions.get(keyOfService(of))

const deeds: { [K in Happening['kind']]: Perform<K> } = {
  'provider joins': async (market, { provider }) => {
    market.providers.set(provider, await join(market, 'provider', nameOf.provider(provider)))
  },
  'service is published': (market, { service }) => publish(market, service),
  'provider onboards': async (market, { provider, give, country }, key) => {
    const { caller } = providerOf(market, provider)
    const link = await caller.send('POST', '/v1/provider/account/onboarding-link', key, { country })
    await fillIn(requireOk(link, 'no onboarding').url, { give, number: '000123456789' })
  },
  'account stands': async (market, { provider, isRestricted }) => {
    const account = await stripeAccountOf(market, provider)
    const due = isRestricted ? ['individual.verification.document'] : []
    await control(market, `accounts/${account}/stand`, { due, past: due })
  },
  'schedule is put': async (market, deed, key) => {
    const { caller } = providerOf(market, deed.provider)
    const { schedule } = deed
    orRefused(market, deed, await caller.send('PUT', '/v1/provider/payout-schedule', key, { schedule }))
  },
  'launch provider is named': async (market, { provider }, key) => {
    const { organisation } = providerOf(market, provider)
    requireOk(
      await market.admin.send('POST', '/v1/admin/launch-providers', key, { provider: organisation }),
      key,
    )
  },
  'coupon is made': async (market, { code, body }, key) => {
    requireOk(await market.admin.send('POST', '/v1/admin/coupons', key, { code, ...body }), key)
  },
  'bundle is made': async (market, { services, percent }, key) => {
    const ids = services.map((service) => must(market.services.get(service), `service ${service}`))
    const body = { name: `Bundle of ${services.join(' and ')}`, services: ids, percent }
    requireOk(await market.admin.send('POST', '/v1/admin/bundles', key, body), key)
  },
  'operator joins': async (market, { operator, currency }) => {
    const party = await join(market, 'operator', nameOf.operator(operator))
    market.operators.set(operator, { ...party, currency, businesses: new Map(), subscriptions: new Map() })
  },
  'business is added': async (market, { operator, business }, key) => {
    const { caller, businesses } = operatorOf(market, operator)
    const made = await caller.send('POST', '/v1/businesses', key, {
      name: nameOf.business(operator, business),
      currency: 'GBP',
      country: 'GB',
      timeZone: 'Europe/London',
      tags: [],
    })
    businesses.set(business, requireOk(made, key).id)
  },
  'plan is chosen': async (market, deed, key) => {
    const { caller, currency, businesses } = operatorOf(market, deed.operator)
    const keep = deed.keep?.flatMap((business) => businesses.get(business) ?? [])
    const body = { plan: deed.plan, currency, ...(keep ? { keep } : {}) }
    orRefused(market, deed, await caller.send('PUT', '/v1/billing/plan', key, body))
  },
  'plan is cancelled': async (market, deed, key) => {
    orRefused(
      market,
      deed,
      await operatorOf(market, deed.operator).caller.send('DELETE', '/v1/billing/plan', key),
    )
  },
  'card is given': async (market, { operator, card }, key) => {
    const { caller } = operatorOf(market, operator)
    const asked = await caller.send('POST', '/v1/billing/payment-method', key, { returnTo: '/billing' })
    await fillIn(requireOk(asked, key).url, { card: cards[card] })
  },
  'business subscribes': subscribe,
  'subscription is cancelled': async (market, deed, key) => {
    const found = standing(market, deed)
    if (!found) return
    const { caller, subscriptions } = operatorOf(market, deed.operator)
    const answer = await caller.send('DELETE', `/v1/subscriptions/${found.id}`, key)
    if (orRefused(market, deed, answer)) subscriptions.delete(keyOfService(deed))
  },
  'money is asked back': async (market, deed, key) => {
    const found = standing(market, deed)
    if (!found) return
    const { caller, subscriptions } = operatorOf(market, deed.operator)
    const answer = await caller.send('POST', `/v1/subscriptions/${found.id}/money-back`, key)
    if (orRefused(market, deed, answer)) subscriptions.delete(keyOfService(deed))
  },
  'cap is set': async (market, deed, key) => {
    const found = standing(market, deed)
    if (!found) return
    const { caller } = operatorOf(market, deed.operator)
    const path = `/v1/subscriptions/${found.id}/usage-cap`
    orRefused(market, deed, await caller.send('PUT', path, key, { amount: deed.amount }))
  },
  'service was down': async (market, deed) => {
    const found = standing(market, deed)
    if (!found) return
    const { organisation } = operatorOf(market, deed.operator)
    const to = market.ground.now().getTime()
    const from = to - 30 * 86_400_000
    const downSeconds = deed.downHours * 3_600
    await market.platform.ask({ do: 'downtime', organisation, subscription: found.id, from, to, downSeconds })
  },
  'coupon is redeemed': async (market, deed, key) => {
    const { caller } = operatorOf(market, deed.operator)
    orRefused(market, deed, await caller.send('POST', '/v1/billing/coupons', key, { code: deed.code }))
  },
  'credit is granted': async (market, { operator, amount }, key) => {
    const { organisation, currency } = operatorOf(market, operator)
    const body = { operator: organisation, amount: { amount, currency }, reason: 'For the trouble.' }
    requireOk(await market.admin.send('POST', '/v1/admin/credits', key, body), key)
  },
  'payment is asked': async (market, deed, key) => {
    const { caller } = operatorOf(market, deed.operator)
    const [open] = requireOk(await caller.get('/v1/billing'), key).openInvoices as { id: string }[]
    if (open) orRefused(market, deed, await caller.send('POST', `/v1/invoices/${open.id}/pay`, key))
  },
  'line is refunded': refundLine,
  'charge is disputed': async (market, { operator, percent }) => {
    const found = await newestCharge(market, operator)
    if (!found) return
    const amount = Math.max(1, Math.floor((found.amount * percent) / 100))
    await control(market, `charges/${found.charge}/dispute`, { reason: 'fraudulent', amount })
  },
  'dispute is closed': async (market, { operator, isWon }) => {
    const id = await openDisputeOf(market, operator)
    if (id) await control(market, `disputes/${id}/close`, { won: isWon })
  },
}

/** Does what happens as who it happens to would: over HTTP, or on Stripe's side. */
export function perform(market: Market, happening: Happening, key: string): Promise<unknown> {
  return (deeds[happening.kind] as Perform<Happening['kind']>)(market, happening, key)
}

async function subscribe(market: Market, deed: Deed<'business subscribes'>, key: string): Promise<void> {
  const { caller, businesses, subscriptions } = operatorOf(market, deed.operator)
  if (subscriptions.has(keyOfService(deed))) return
  const business = must(businesses.get(deed.business), `business ${deed.business} of ${deed.operator}`)
  const path = `/v1/services/${nameOf.service(deed.service)}/preview`
  const preview = orRefused(market, deed, await caller.send('POST', path, `${key} preview`, { business }))
  if (!preview) return
  const body = { preview: preview.id, settings: {} }
  const made = orRefused(market, deed, await caller.send('POST', '/v1/subscriptions', key, body))
  const { operator, service } = deed
  if (made)
    subscriptions.set(keyOfService(deed), { id: made.id, of: { operator, business: deed.business, service } })
}

interface Line {
  id: string
  kind: string
  business: { name: string } | null
  service: { name: string } | null
  from: string
  amount: { amount: number }
}

/** A line of the newest invoice that was paid, by its place among all of them in the order of their names. */
async function refundLine(market: Market, deed: Deed<'line is refunded'>, key: string): Promise<void> {
  const { caller } = operatorOf(market, deed.operator)
  const { items } = requireOk(await caller.get('/v1/invoices?limit=10'), key)
  const paid = items.find(
    (each: { state: string; kind: string }) => each.state === 'paid' && each.kind === 'period',
  )
  if (!paid) return
  const { lines } = requireOk(await caller.get(`/v1/invoices/${paid.id}`), key) as { lines: Line[] }
  const nameOfLine = (line: Line) => [line.kind, line.business?.name, line.service?.name, line.from].join(' ')
  const named = lines
    .filter(({ amount }) => amount.amount > 0)
    .toSorted((a, b) => (nameOfLine(a) < nameOfLine(b) ? -1 : 1))
  const line = named[deed.line % Math.max(1, named.length)]
  if (!line) return
  const amount = Math.max(1, Math.floor((line.amount.amount * deed.percent) / 100))
  const body = { line: line.id, amount, way: deed.way, reason: 'It did not do what was promised.' }
  const answer = await market.admin.send('POST', '/v1/admin/refunds', key, body)
  // More than what is left of it is a bad request.
  if (answer.status === 400)
    market.refused.set(`${deed.kind}: too much`, (market.refused.get(`${deed.kind}: too much`) ?? 0) + 1)
  else orRefused(market, deed, answer)
}

async function newestCharge(market: Market, operator: number) {
  const { rows } = await market.ground.admin.query<{ charge: string; amount: number }>(
    `select i.stripe_charge as charge, (i.card + i.tax)::int as amount from bizq.invoices i
     where i.organisation_id = $1 and i.state = 'paid' and i.stripe_charge is not null
       and not exists (select from bizq.card_disputes d where d.stripe_charge = i.stripe_charge)
     order by i.made_at desc, i.kind desc limit 1`,
    [decodeId('org', operatorOf(market, operator).organisation)],
  )
  return rows[0]
}

async function openDisputeOf(market: Market, operator: number): Promise<string | undefined> {
  const { rows } = await market.ground.admin.query<{ id: string }>(
    `select stripe_dispute as id from bizq.card_disputes where operator_id = $1 and closed_at is null order by opened_at limit 1`,
    [decodeId('org', operatorOf(market, operator).organisation)],
  )
  return rows[0]?.id
}

async function stripeAccountOf(market: Market, provider: number): Promise<string> {
  const { organisation } = providerOf(market, provider)
  const { rows } = await market.ground.admin.query<{ id: string }>(
    `select stripe_account as id from bizq.payout_accounts where organisation_id = $1`,
    [decodeId('org', organisation)],
  )
  return must(rows[0]?.id, `account of provider ${provider}`)
}
