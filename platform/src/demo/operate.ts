import type { Caller } from './caller.ts'
import { until } from './polling.ts'
import type { DemoBusiness, DemoFile } from './portfolio.ts'

interface Page<T> {
  items: T[]
}
interface Named {
  id: string
  name: string
}
interface Import {
  id: string
  fileName: string
  state: string
  failure: string | null
  errorCount: number
  errors: { line: number; field?: string; reason: string }[]
  counts: { read: number; created: number; rejected: number }
}

/** The business of that name, made if it is not there. */
export async function ensureBusiness(owner: Caller, demo: DemoBusiness): Promise<string> {
  const { items } = await owner.get<Page<Named>>('/businesses?limit=100')
  const known = items.find(({ name }) => name === demo.name)
  if (known) return known.id
  const { files: _files, services: _services, ...values } = demo
  return (await owner.post<Named>('/businesses', values)).id
}

/** Imports the files that have not been, one after the other. Resolves to the rows that were read. */
export async function importFiles(
  owner: Caller,
  business: string,
  files: readonly DemoFile[],
): Promise<number> {
  const { items } = await owner.get<Page<Import>>(`/businesses/${business}/imports?limit=100`)
  const done = new Set(items.filter(({ state }) => state === 'finished').map(({ fileName }) => fileName))
  let rows = 0
  for (const file of files.filter(({ name }) => !done.has(name)))
    rows += await importOne(owner, business, file)
  return rows
}

async function importOne(
  owner: Caller,
  business: string,
  { name, content, ...fields }: DemoFile,
): Promise<number> {
  const begun = await owner.upload<Import>(`/businesses/${business}/imports`, { name, content }, fields)
  const ended = await until(
    `importing ${name}`,
    () => owner.get<Import>(`/imports/${begun.id}`),
    ({ state }) => state !== 'received' && state !== 'running',
  )
  if (ended.state !== 'finished')
    throw new Error(
      `${name} was not imported (${ended.state}): ${ended.failure ?? JSON.stringify(ended.errors)}`,
    )
  if (ended.errorCount > 0)
    throw new Error(`${name} was not wholly imported: ${JSON.stringify(ended.errors.slice(0, 3))}`)
  return ended.counts.read
}

interface Subscription {
  id: string
  service: { service: string }
}

/** Subscribes through preview and consent, and answers the subscription, also one that stands. */
export async function ensureSubscription(
  owner: Caller,
  business: string,
  service: string,
  settings: object,
): Promise<string> {
  const { items } = await owner.get<Page<Subscription>>(`/subscriptions?business=${business}&limit=100`)
  const known = items.find((each) => each.service.service === service)
  if (known) return known.id
  const preview = await owner.post<{ id: string }>(`/services/${service}/preview`, { business })
  return (await owner.post<Subscription>('/subscriptions', { preview: preview.id, settings })).id
}

interface Execution {
  id: string
  state: string
}

const isOver = new Set(['succeeded', 'failed', 'refused', 'cancelled', 'waiting'])

/** Runs a subscription once and waits until it is over. One that was run before is left. */
export async function ensureExecution(owner: Caller, subscription: string): Promise<Execution> {
  const path = `/subscriptions/${subscription}/executions`
  const { items } = await owner.get<Page<Execution>>(`${path}?limit=1`)
  const execution = items[0] ?? (await owner.post<Execution>(path))
  return until(
    'an execution',
    () => owner.get<Execution>(`/executions/${execution.id}`),
    ({ state }) => isOver.has(state),
  )
}
