import type { Caller } from './caller.ts'
import { until } from './polling.ts'

interface Page<T> {
  items: T[]
}
interface Billing {
  plan: string | null
  paymentMethod: object | null
}

/** One that pays, and whose money is available at once. */
const testCard = '4000 0000 0000 0077'

/** Long enough for the trial to end, the first invoice to be paid, and a Monday to come after that. */
const aMonth = { days: 31 }

/**
 * Both operators choose a plan and give a card, one of them lives through a month, and the provider is paid. Only with
 * the simulator: elsewhere cards and people are Stripe's own to ask for, and nothing is spent for a demo.
 */
export async function payAndEarn(
  people: Record<'operator' | 'other' | 'provider', Caller>,
  say: (line: string) => void,
): Promise<void> {
  const { mode } = await people.operator.get<{ mode: string }>('/payments')
  if (mode !== 'simulator') return
  await Promise.all([
    choosePlan(people.operator, { plan: 'professional', currency: 'USD' }),
    choosePlan(people.other, { plan: 'starter', currency: 'EUR' }),
    openAccount(people.provider),
  ])
  await liveThroughMonth(people.operator)
  await bePaid(people.provider)
  say('  Money: a month invoiced, paid and shared out with the Stripe simulator (none of it is real)')
}

/** The plan, and the card that pays it, given on the page that the simulator hosts. */
async function choosePlan(owner: Caller, choice: { plan: string; currency: string }): Promise<void> {
  const known = await owner.get<Billing>('/billing')
  if (!known.plan) await owner.put('/billing/plan', choice)
  if (known.paymentMethod) return
  const { url } = await owner.post<{ url: string }>('/billing/payment-method')
  await handIn(url, { card: testCard })
  await until(
    'keeping the card',
    () => owner.get<Billing>('/billing'),
    ({ paymentMethod }) => paymentMethod !== null,
  )
}

/** Sends a form of one of the simulator's pages, as a browser would. */
async function handIn(url: string, fields: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  if (answer.status !== 303) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
}

async function liveThroughMonth(owner: Caller): Promise<void> {
  const invoices = () => owner.get<Page<{ state: string }>>('/invoices?limit=1')
  const { items } = await invoices()
  if (items.length === 0) await owner.post('/billing/test-clock/advance', aMonth)
  await until('paying an invoice', invoices, (page) => page.items[0]?.state === 'paid')
}

interface Account {
  canBePaid: boolean
  country: string | null
}

async function openAccount(provider: Caller): Promise<void> {
  const account = () => provider.get<Account>('/provider/account')
  const known = await account()
  if (known.canBePaid) return
  const returnTo = '/portal/provider/payouts'
  const { url } = await provider.post<{ url: string }>('/provider/account/onboarding-link', {
    country: known.country ?? 'US',
    returnTo,
  })
  await handIn(url, { give: 'all' })
  await until('opening the provider’s account', account, ({ canBePaid }) => canBePaid)
}

async function bePaid(provider: Caller): Promise<void> {
  await provider.put('/provider/payout-schedule', { schedule: 'weekly' })
  const transfers = () => provider.get<Page<{ state: string }>>('/provider/transfers?limit=1')
  const { items } = await transfers()
  if (items.length === 0) await provider.post('/provider/test-clock/advance', aMonth)
  await until('a transfer', transfers, (page) => page.items[0]?.state === 'made')
}
