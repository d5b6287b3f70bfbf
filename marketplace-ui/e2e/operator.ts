import { randomUUID } from 'node:crypto'
import { enter, until, type Api, type Person, type Upload } from './api.ts'

export const password = 'a long enough password'
const cashFlow = 'cash-flow-optimizer'

/** An organisation of one test alone: short of cash, subscribed, and with bills that wait to be moved. */
export interface Operator {
  api: Api
  owner: Person
  business: string
  subscription: string
  execution: string
}

interface Named {
  id: string
  state: string
}

export function newPerson(name: string): Person {
  return { name, email: `${name.toLowerCase().replaceAll(' ', '.')}.${randomUUID()}@vance.example`, password }
}

/** Makes one through the API. Resolves when what the service proposes waits. */
export async function newOperator(url: string, books: readonly Upload[]): Promise<Operator> {
  const owner = newPerson('Ada Vance')
  const api = await enter(url, 'sign-up', owner)
  await api.post('/organisations', { name: 'Vance Holdings', kind: 'operator' })
  const { id: business } = await api.post<Named>('/businesses', {
    name: 'Makers’ Yard',
    currency: 'USD',
    country: 'US',
    timeZone: 'America/New_York',
    locale: 'en-US',
  })
  for (const file of books) await importFile(api, business, file)
  await allowBulk(api)
  return { api, owner, business, ...(await subscribe(api, business, cashFlow, { runwayWeeks: 8 })) }
}

/** Imports a file whole. Resolves to the import's id. */
export async function importFile(api: Api, business: string, file: Upload): Promise<string> {
  const { id } = await api.upload<Named>(`/businesses/${business}/imports`, file)
  const isOver = ({ state }: Named) => state !== 'received' && state !== 'running'
  await until(() => api.get<Named>(`/imports/${id}`), isOver)
  return id
}

/** Subscribes, and waits until the first run is over. */
export async function subscribe(api: Api, business: string, service: string, settings: object = {}) {
  const preview = await api.post<Named>(`/services/${service}/preview`, { business })
  const { id: subscription } = await api.post<Named>('/subscriptions', { preview: preview.id, settings })
  const { items } = await until(
    () => api.get<{ items: Named[] }>(`/subscriptions/${subscription}/executions`),
    ({ items }) => items[0]?.state === 'succeeded',
  )
  return { subscription, execution: items[0]?.id ?? '' }
}

/** Lets everything that is proposed from now on be decided in bulk, whatever is at stake. */
async function allowBulk(api: Api): Promise<void> {
  interface Policy {
    id: string
    name: string
    body: { kind: string; settings: object }
  }
  const { items } = await api.get<{ items: Policy[] }>('/policies')
  const base = items.find(({ body }) => body.kind === 'base')
  if (!base) throw new Error('There is no base policy')
  const settings = { ...base.body.settings, bulkBelow: 1_000_000 }
  await api.put(`/policies/${base.id}`, {
    name: base.name,
    isEnabled: true,
    body: { kind: 'base', settings },
  })
}
