import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enter, until, type Api } from '../api.ts'
import { importFile, newPerson, subscribe } from '../operator.ts'

interface Named {
  id: string
}
interface Page<T> {
  items: T[]
}
interface Line extends Named {
  kind: string
  card: { amount: number }
}
interface Invoice extends Named {
  state: string
  paidAt: string
  lines: Line[]
}

/** An operator that pays for services month by month. */
interface Payer {
  api: Api
  subscriptions: string[]
}

const cards = { plain: '4000000000000077', disputed: '4000000000000259' }

const files = {
  customers: `id,company,email,country
1,Alder & Finch,books@alderfinch.example,GB
2,Dunmore Stores,accounts@dunmore.example,GB
`,
  invoices: `number,customer.id,issuedAt,dueAt,amount,amountDue,currency,status
INV-1,1,2026-08-01,2026-08-31,1240.00,1240.00,GBP,open
INV-2,2,2026-09-01,2026-09-30,310.50,310.50,GBP,open
INV-3,1,2026-09-10,2026-10-10,95.00,0.00,GBP,paid
`,
}

const mappingOf = (dataset: string, text: string) => ({
  dataset,
  columns: Object.fromEntries((text.split('\n')[0] ?? '').split(',').map((name) => [name, name])),
  dateOrder: 'ymd',
  decimal: '.',
})

/** Hands a form in on a page that the simulator hosts. */
async function handIn(api: Api, url: string, form: Record<string, string>): Promise<void> {
  const answer = await api.context.post(url, { form, maxRedirects: 0 })
  if (answer.status() !== 303) throw new Error(`${url} answered ${answer.status()}`)
}

async function giveCard(api: Api, card: string): Promise<void> {
  const { url } = await api.post<{ url: string }>('/billing/payment-method', { returnTo: '/billing' })
  await handIn(api, url, { card })
  await until(
    () => api.get<{ paymentMethod: { last4: string } | null }>('/billing'),
    ({ paymentMethod }) => paymentMethod?.last4 === card.slice(-4),
  )
}

interface Terms {
  name: string
  currency: string
  card: string
  businesses: number
  services: string[]
}

/** Signs one up with businesses that have what the services read, a plan and a card. */
async function openPayer(url: string, folder: string, terms: Terms): Promise<Payer> {
  const api = await enter(url, 'sign-up', newPerson('Pat Payer'))
  await api.post('/organisations', { name: terms.name, kind: 'operator' })
  await api.put('/billing/plan', { plan: 'starter', currency: terms.currency })
  await giveCard(api, terms.card)
  const subscriptions: string[] = []
  for (let n = 1; n <= terms.businesses; n++) {
    const { id } = await api.post<Named>('/businesses', {
      name: `${terms.name} ${n}`,
      currency: 'GBP',
      country: 'GB',
      timeZone: 'Europe/London',
      locale: 'en-GB',
    })
    for (const [dataset, text] of Object.entries(files)) {
      const path = join(folder, `payer-${dataset}.csv`)
      await writeFile(path, text)
      await importFile(api, id, { name: `${dataset}.csv`, path, mapping: mappingOf(dataset, text) })
    }
    for (const service of terms.services) subscriptions.push((await subscribe(api, id, service)).subscription)
  }
  await api.post('/billing/test-clock/advance', { days: 15 })
  return { api, subscriptions }
}

/** A month passes for it, and each service did something in it. Answers the invoice that it ends with. */
async function passMonth({ api, subscriptions }: Payer): Promise<Invoice> {
  for (const subscription of subscriptions) await api.post(`/subscriptions/${subscription}/executions`)
  for (const subscription of subscriptions)
    await until(
      () => api.get<Page<{ state: string }>>(`/subscriptions/${subscription}/executions?limit=1`),
      ({ items }) => items[0]?.state === 'succeeded',
    )
  await api.post('/billing/test-clock/advance', { days: 31 })
  return newestInvoice(api)
}

async function newestInvoice(api: Api): Promise<Invoice> {
  const { items } = await until(
    () => api.get<Page<Invoice>>('/invoices?limit=1'),
    (page) => page.items[0]?.state === 'paid',
  )
  return api.get<Invoice>(`/invoices/${items[0]?.id ?? ''}`)
}

/** A provider that Stripe does not pay yet, since no bank account was given; a launch provider. */
export async function openUnpaid(url: string, admin: Api): Promise<Api> {
  const api = await enter(url, 'sign-up', newPerson('Ida North'))
  const { id } = await api.post<Named>('/organisations', { name: 'Northlight Tools', kind: 'provider' })
  const link = await api.post<{ url: string }>('/provider/account/onboarding-link', { country: 'GB' })
  await handIn(api, link.url, { give: 'no-bank' })
  await until(
    () => api.get<{ missing: { name: string }[] }>('/provider/account'),
    ({ missing }) => missing.length === 1,
  )
  await admin.post('/admin/launch-providers', { provider: id })
  return api
}

/** Providers whose account with Stripe was disconnected: one that did nothing yet, and one that began another. */
export async function openLost(url: string): Promise<{ lost: Api; anew: Api }> {
  const open = async (person: string, name: string) => {
    const api = await enter(url, 'sign-up', newPerson(person))
    await api.post('/organisations', { name, kind: 'provider' })
    const standing = () => api.get<{ state: string; isLost: boolean }>('/provider/account')
    const give = async (what: string) => {
      const link = await api.post<{ url: string }>('/provider/account/onboarding-link', { country: 'GB' })
      await handIn(api, link.url, { give: what })
    }
    await give('all')
    await until(standing, ({ state }) => state === 'enabled')
    await give('disconnect')
    await until(standing, ({ isLost }) => isLost)
    return api
  }
  const lost = await open('Lou Ostrow', 'Ostrow Tools')
  const anew = await open('Ann Newell', 'Newell & Co')
  await anew.post('/provider/account/replacement', { country: 'IE' })
  return { lost, anew }
}

async function refundSome(admin: Api, { lines }: Invoice): Promise<string> {
  const [whole, part] = lines.filter(({ kind, card }) => kind === 'monthly' && card.amount > 0)
  const plan = lines.find(({ kind }) => kind === 'plan')
  const give = (line: Line | undefined, more: object) =>
    admin.post('/admin/refunds', { line: line?.id, ...more })
  await give(whole, { reason: 'It answered late for two weeks.' })
  await give(part, { amount: 120, reason: 'A part, as agreed by telephone.' })
  await give(plan, { amount: 1_000, way: 'account_credit', reason: 'For the outage of 3 November.' })
  return part?.id ?? ''
}

/** Months of sales in two currencies, refunds, a bank that takes a payment back, and offers of every kind. */
export async function furnishProviderMoney(owner: Api, admin: Api, folder: string) {
  const url = new URL((await owner.context.get('/v1/payments')).url()).origin
  const services = ['receivables-accelerator', 'cash-flow-optimizer', 'inventory-planner']
  const castle = await openPayer(url, folder, {
    name: 'Castle & Kay Hospitality Group',
    currency: 'USD',
    card: cards.plain,
    businesses: 3,
    services,
  })
  const brandt = await openPayer(url, folder, {
    name: 'Brandt & Söhne',
    currency: 'EUR',
    card: cards.disputed,
    businesses: 1,
    services: services.slice(0, 2),
  })
  await passMonth(castle)
  const invoice = await passMonth(castle)
  await newestInvoice(brandt.api)
  const line = await refundSome(admin, invoice)
  await until(
    () => admin.get<Page<{ evidenceAt: string | null }>>('/admin/stripe-disputes'),
    ({ items }) => Boolean(items[0]?.evidenceAt),
  )
  await admin.post('/admin/coupons', {
    code: 'FRIENDS-FOR-LIFE',
    percent: 10,
    appliesTo: 'plan',
    months: null,
  })
  const live = await admin.get<Page<Named>>('/admin/services?state=live&limit=50')
  const bundled = live.items.slice(0, 2).map(({ id }) => id)
  await admin.post('/admin/bundles', { name: 'Cash in hand', services: bundled, percent: 15 })
  return { sales: { line, month: invoice.paidAt.slice(0, 7) } }
}
