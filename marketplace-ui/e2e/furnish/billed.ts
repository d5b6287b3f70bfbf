import { join } from 'node:path'
import { enter, until, type Api } from '../api.ts'
import { newPerson, subscribe } from '../operator.ts'
import type { Furnishers } from '../furnish.ts'
import { giveCard } from './payers.ts'
import { offerService } from './priced-service.ts'

interface Named {
  id: string
  name: string
}
interface Page<T> {
  items: T[]
}
interface Line {
  id: string
  kind: string
}
interface Invoice {
  id: string
  state: string
  lines: Line[]
}

const metered = 'ledger-tidier'
const launched = 'cash-lookout'
const plain = 'cash-flow-optimizer'

/** Two services whose prices are not the plain ones: by use and in euros, and one whose first customers are the platform's guests. */
async function offer({ admin, provider, certifier }: Furnishers, url: string): Promise<string> {
  const newcomer = await enter(url, 'sign-up', newPerson('Tilda Marsh'))
  const own = await newcomer.post<Named>('/organisations', { name: 'Tidewater Analytics', kind: 'provider' })
  const service = await offerService(provider, certifier, 'expense-categoriser', {
    service: metered,
    name: 'Ledger Tidier',
    pricing: {
      monthly: { amount: 600, currency: 'EUR' },
      usage: [{ unit: 'tidied ledger', price: { amount: 90, currency: 'EUR' }, included: 2 }],
    },
  })
  await offerService(newcomer, certifier, plain, {
    service: launched,
    name: 'Cash Lookout',
    pricing: { monthly: { amount: 1_200, currency: 'USD' }, trialDays: 7 },
  })
  await admin.post('/admin/launch-providers', { provider: own.id })
  return service
}

async function runTimes(owner: Api, subscription: string, times: number): Promise<void> {
  const path = `/subscriptions/${subscription}/executions`
  const latest = (isSo: (state: string) => boolean) =>
    until(
      () => owner.get<Page<{ state: string }>>(`${path}?limit=1`),
      ({ items }) => isSo(items[0]?.state ?? ''),
    )
  for (let time = 0; time < times; time += 1) {
    await owner.post(path)
    await latest((state) => state === 'succeeded')
  }
}

const names = ['Marlowe Books', 'Marlowe & Sons, Antiquarian Prints and Maps of the North', 'The Paper Kiosk']

/** Who pays for three businesses that are subscribed to what everybody knows. */
async function open(owner: Api): Promise<string[]> {
  await owner.post('/organisations', { name: 'Marlowe Group', kind: 'operator' })
  const place = { currency: 'USD', country: 'US', timeZone: 'America/New_York', locale: 'en-US' }
  const made = names.map((name) => owner.post<Named>('/businesses', { name, ...place }))
  const businesses = (await Promise.all(made)).map(({ id }) => id)
  for (const service of [plain, 'receivables-accelerator'])
    await Promise.all(businesses.map((business) => subscribe(owner, business, service)))
  return businesses
}

/** Subscribes them to what is priced otherwise. Resolves to the subscriptions that are by use. */
async function subscribeFurther(owner: Api, [first, second, third]: readonly string[]) {
  const to = async (business: string | undefined, service: string) =>
    (await subscribe(owner, business ?? '', service)).subscription
  const [near, reached, spare] = await Promise.all([
    to(first, metered),
    to(second, metered),
    to(third, metered),
  ])
  await Promise.all([to(first, launched), to(second, 'inventory-planner')])
  return { near, reached, spare }
}

/** What an administrator gives: less for two together, a code, credit. */
async function give(admin: Api, owner: Api, service: string): Promise<void> {
  const listing = await owner.get<{ id: string }>(`/services/${plain}`)
  await admin.post('/admin/bundles', {
    name: 'Books and cash together',
    services: [service, listing.id],
    percent: 15,
  })
  await admin.post('/admin/coupons', { code: 'HARVEST-10', percent: 10, appliesTo: 'services', months: 3 })
  const operators = await admin.get<Page<Named>>('/admin/organisations?kind=operator&limit=100')
  const operator = operators.items.find(({ name }) => name === 'Marlowe Group')?.id ?? ''
  await admin.post('/admin/credits', {
    operator,
    amount: { amount: 1_500, currency: 'USD' },
    reason: 'For the afternoon on which imports were slow',
  })
  await owner.post('/billing/coupons', { code: 'harvest-10' })
}

const paid = (owner: Api, count: number) =>
  until(
    () => owner.get<Page<Invoice>>(`/invoices?limit=${count}`),
    ({ items }) => items.length === count && items.every(({ state }) => state === 'paid'),
  )

/** An operator with two months behind it: by use, converted, discounted, by credit, free and given back. */
export async function furnishBilled(people: Furnishers, url: string, folder: string) {
  const { admin } = people
  const owner = await enter(url, 'sign-up', newPerson('Edie Marlowe'))
  const service = await offer(people, url)
  const businesses = await open(owner)
  const { near, reached, spare } = await subscribeFurther(owner, businesses)
  await owner.put('/billing/plan', { plan: 'professional' })
  await give(admin, owner, service)
  await giveCard(owner, '4242424242424242')
  await owner.post('/billing/test-clock/advance', { days: 15 })
  await paid(owner, 1)
  await owner.post(`/subscriptions/${spare}/money-back`)
  await runTimes(owner, near, 5)
  await owner.post('/billing/test-clock/advance', { days: 31 })
  const [{ id: invoice } = { id: '' }] = (await paid(owner, 2)).items
  const { lines } = await owner.get<Invoice>(`/invoices/${invoice}`)
  await admin.post('/admin/refunds', {
    line: lines.find(({ kind }) => kind === 'plan')?.id ?? '',
    amount: 1_000,
    reason: 'Two mornings on which nobody could sign in',
    way: 'card',
  })
  await owner.put(`/subscriptions/${near}/usage-cap`, { amount: 400 })
  await owner.put(`/subscriptions/${reached}/usage-cap`, { amount: 180 })
  await Promise.all([runTimes(owner, near, 6), runTimes(owner, reached, 4)])
  const state = join(folder, 'billed.json')
  await owner.context.storageState({ path: state })
  return { state, billed: { invoice, near, spare, service: metered } }
}
