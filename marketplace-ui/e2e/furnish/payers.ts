import { join } from 'node:path'
import { enter, until, type Api } from '../api.ts'
import { newPerson } from '../operator.ts'

/** Operators as their billing stands: each is signed in by a file of cookies under this name. */
export type Payer = 'trialling' | 'overdue' | 'lastDays' | 'held' | 'planless' | 'resting'

interface Given {
  owner: string
  organisation: string
  businesses: string[]
  currency: string
  plan?: 'starter' | 'professional'
  /** Its number, as it is typed on Stripe’s page. */
  card?: string
  days: number
}

const declining = '4000000000000341'
const payers: Record<Payer, Given> = {
  trialling: {
    owner: 'Ivo Lindqvist',
    organisation: 'Lindqvist Bakeries',
    businesses: ['Lindqvist Bakery & Patisserie, Old Town'],
    currency: 'EUR',
    plan: 'starter',
    days: 12,
  },
  overdue: {
    owner: 'Hugh Penrose',
    organisation: 'Penrose & Daughters',
    businesses: ['Penrose Garden Centre'],
    currency: 'GBP',
    plan: 'starter',
    card: declining,
    days: 14,
  },
  lastDays: {
    owner: 'Greta Vogel',
    organisation: 'Vogel Werkstätten',
    businesses: ['Vogel Möbel'],
    currency: 'EUR',
    plan: 'professional',
    card: declining,
    days: 22,
  },
  held: {
    owner: 'Omar Reyes',
    organisation: 'Reyes Coffee',
    businesses: ['Reyes Roastery'],
    currency: 'USD',
    plan: 'professional',
    card: declining,
    days: 30,
  },
  planless: {
    owner: 'Pia Sand',
    organisation: 'Sand Studio',
    businesses: ['Sand Ceramics'],
    currency: 'EUR',
    days: 15,
  },
  resting: {
    owner: 'Wyn Abbott',
    organisation: 'Abbott Stores',
    businesses: [
      'Abbott Leeds',
      'Abbott York',
      'Abbott Whitby',
      'Abbott Scarborough and District',
      'Abbott Hull',
    ],
    currency: 'GBP',
    plan: 'professional',
    card: '4242424242424242',
    days: 15,
  },
}

/** Gives the card on Stripe’s page, as its holder would. */
export async function giveCard(api: Api, card: string): Promise<void> {
  const { url } = await api.post<{ url: string }>('/billing/payment-method', { returnTo: '/billing' })
  await api.context.post(url, { form: { card }, maxRedirects: 0 })
  await until(
    () => api.get<{ paymentMethod: { last4: string } | null }>('/billing'),
    ({ paymentMethod }) => paymentMethod?.last4 === card.slice(-4),
  )
}

async function settle(url: string, { owner, organisation, businesses, ...given }: Given): Promise<Api> {
  const api = await enter(url, 'sign-up', newPerson(owner))
  await api.post('/organisations', { name: organisation, kind: 'operator' })
  for (const name of businesses) {
    const place = { currency: given.currency, country: 'GB', timeZone: 'Europe/London', locale: 'en-GB' }
    const { id } = await api.post<{ id: string }>('/businesses', { name, ...place })
    const preview = await api.post<{ id: string }>('/services/cash-flow-optimizer/preview', { business: id })
    await api.post('/subscriptions', { preview: preview.id, settings: {} })
  }
  if (given.plan) await api.put('/billing/plan', { plan: given.plan, currency: given.currency })
  if (given.card) await giveCard(api, given.card)
  await api.post('/billing/test-clock/advance', { days: given.days })
  return api
}

/** Makes them all, and keeps the cookies of each in a file of the folder. */
export async function furnishPayers(url: string, folder: string): Promise<Record<Payer, string>> {
  const made = Object.entries(payers).map(async ([who, given]) => {
    const api = await settle(url, given)
    if (who === 'resting') await rest(api)
    if (who === 'overdue') await oweMore(api)
    const path = join(folder, `${who}.json`)
    await api.context.storageState({ path })
    return [who, path] as const
  })
  return Object.fromEntries(await Promise.all(made)) as Record<Payer, string>
}

/** A larger plan, which the same card does not pay either. */
async function oweMore(api: Api): Promise<void> {
  await api.put('/billing/plan', { plan: 'professional' })
  await until(
    () => api.get<{ openInvoices: { failure: string | null }[] }>('/billing'),
    ({ openInvoices }) => openInvoices.filter(({ failure }) => failure).length === 2,
  )
}

/** A smaller plan, under which the newest businesses rest. */
async function rest(api: Api): Promise<void> {
  await api.put('/billing/plan', { plan: 'starter' })
  await until(
    () => api.get<{ resting: object[] }>('/billing'),
    ({ resting }) => resting.length > 0,
  )
}
