import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { until, type Api, type Upload } from './api.ts'
import { furnishAdmin } from './furnish/admin.ts'
import { furnishAnalytics } from './furnish/analytics.ts'
import { furnishCertifier } from './furnish/certifier.ts'
import { furnishMoney } from './furnish/money.ts'
import { furnishProviderMoney } from './furnish/provider-money.ts'
import { furnishRollouts } from './furnish/rollouts.ts'
import { furnishReport, furnishSelfservice } from './furnish/selfservice.ts'
import { furnishVoices } from './furnish/voices.ts'
import { importFile, subscribe } from './operator.ts'

interface Named {
  id: string
  name: string
  state: string
}
interface Page<T = Named> {
  items: T[]
}
interface Subscription extends Named {
  business: string
  service: { service: string }
}
interface Action extends Named {
  version: string
  business: { id: string }
}

/** The ids of what each page shows. */
export type Furniture = Awaited<ReturnType<typeof furnish>>

/** Those who furnish: each room's part is a file of its own in furnish/, spread into the answer below. */
export type Furnishers = Record<'owner' | 'provider' | 'admin' | 'certifier', Api>

/** Adds to the demo what it lacks for every page to have content, and finds the rest. */
export async function furnish(people: Furnishers, folder: string) {
  const api = people.owner
  const businesses = (await api.get<Page>('/businesses?limit=100')).items
  const idOf = (name: string) => businesses.find((one) => one.name === name)?.id ?? ''
  const [shop, works, yard] = [idOf('Harbour Gifts'), idOf('Midland Works'), idOf('Makers’ Yard')]
  const subscriptions = (await api.get<Page<Subscription>>(`/subscriptions?limit=100`)).items
  const subscriptionTo = (business: string, service: string) =>
    subscriptions.find((one) => one.business === business && one.service.service === service)?.id ?? ''
  const receivables = subscriptionTo(shop, 'receivables-accelerator')
  await furnishReport(api, receivables)
  const runs = await api.get<Page>(`/subscriptions/${receivables}/executions`)
  const invoices = await api.get<Page>(`/businesses/${shop}/data/invoices?limit=1`)
  const endpoint = await api.post<Named>('/webhook-endpoints', { url: 'https://hooks.quayside.example/bizq' })
  return {
    shop,
    receivables,
    execution: runs.items[0]?.id ?? '',
    record: invoices.items[0]?.id ?? '',
    endpoint: endpoint.id,
    actions: await decideSome(api, receivables),
    imports: await importOdd(api, yard, folder),
    paused: await pauseOne(api, works),
    cancelled: await cancelOne(api, yard),
    ...(await addRules(api)),
    ...(await addPeople(api)),
    ...(await furnishCertifier(people.certifier, people.provider)),
    ...(await furnishAdmin(people.admin, people.provider)),
    ...(await furnishRollouts(people.provider)),
    ...(await furnishSelfservice(people.provider)),
    ...(await furnishVoices(api, people.admin, people.provider)),
    ...(await furnishMoney(api, people.admin)),
    ...(await furnishProviderMoney(api, people.admin, folder)),
    ...(await furnishAnalytics(api, people.provider, runs.items[0]?.id ?? '')),
  }
}

/** One action in each state that its page looks different in. A reminder ends in the outbox when its hold is over. */
async function decideSome(api: Api, receivables: string) {
  const first = async (query: string) =>
    (await api.get<Page<Action>>(`/actions?limit=1&${query}`)).items[0] as Action
  const decide = ({ id, version }: Action) =>
    api.post(`/actions/${id}/decision`, { decision: 'approve', version })
  const reminder = await first(`state=proposed&subscription=${receivables}`)
  await decide(reminder)
  const order = await first('state=proposed&type=stock.reorder')
  await decide(order)
  await until(
    () => api.get<Action>(`/actions/${order.id}`),
    ({ state }) => state === 'applied',
  )
  return {
    proposed: (await first('state=proposed&type=bill.reschedule')).id,
    applied: order.id,
    approved: reminder.id,
    rejected: (await first('state=rejected')).id,
    undone: (await first('state=undone')).id,
  }
}

const unclear = 'Ref;Who;When;How much\nA-1;Alder & Finch;03.11.2026;1.240,50\nA-2;Dunmore;04.11.2026;88,00\n'
const halfBroken = 'number,dueAt,amount,currency\nB-1,2026-12-01,120.00,USD\nB-2,31 February,oops,USD\n'

/** An import that asks what its columns mean, one with rows that could not be read, and one that was undone. */
async function importOdd(api: Api, business: string, folder: string) {
  const upload = async (name: string, text: string, mapping?: Upload['mapping']) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return importFile(api, business, { name, path, ...(mapping ? { mapping } : {}) })
  }
  const given = { dataset: 'bills', dateOrder: 'ymd', decimal: '.' }
  const columns = { number: 'number', dueAt: 'dueAt', amount: 'amount', currency: 'currency' }
  const undone = await upload('bills-again.csv', halfBroken.replaceAll('B-', 'C-'), { ...given, columns })
  await api.post(`/imports/${undone}/undo`)
  return {
    business,
    undone,
    asking: await upload('ledger-2026-11.csv', unclear),
    halfBroken: await upload('bills.csv', halfBroken, { ...given, columns }),
  }
}

async function pauseOne(api: Api, business: string): Promise<string> {
  const { subscription } = await subscribe(api, business, 'cash-flow-optimizer')
  await api.post(`/subscriptions/${subscription}/pause`)
  return subscription
}

async function cancelOne(api: Api, business: string): Promise<string> {
  const { subscription } = await subscribe(api, business, 'receivables-accelerator')
  await api.context.delete(`/v1/subscriptions/${subscription}`)
  return subscription
}

async function addRules(api: Api) {
  const policy = encodeId(idPrefixes.policy, randomUUID())
  await api.put(`/policies/${policy}`, {
    name: 'Large bills need two of us',
    isEnabled: true,
    body: {
      kind: 'rule',
      when: { actions: ['bill.reschedule'], amount: { atLeast: 20_000 } },
      outcome: 'ask-two',
    },
  })
  const { items } = await api.get<Page<{ id: string; body: { kind: string } }>>('/policies')
  return { policy, base: items.find(({ body }) => body.kind === 'base')?.id ?? '' }
}

async function addPeople(api: Api) {
  const email = 'tom@quayside.example'
  const invited = await api.post<{ secret: string }>('/invitations', { email, role: 'manager' })
  await api.post('/tokens', { name: 'Bookkeeping', scopes: ['data:read'], expiresInDays: 90 })
  return { invitation: invited.secret }
}
