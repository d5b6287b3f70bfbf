import { parse } from 'csv-parse/sync'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildAll } from '../scripts/start.ts'
import { newHome, startInstallation } from './installation.ts'

/**
 * The ground that browser tests stand on, a process of its own: the built product in a folder of its own,
 * filled in through the public API. Prints one line of JSON when it is ready, and ends with its input.
 */
const root = join(import.meta.dirname, '../..')
const orderLines = 'platform/src/features/data/formats/fixtures/uci-online-retail/online_retail.csv'
const service = 'receivables-accelerator'
const password = 'a long enough password'
const people = {
  provider: { name: 'Rhea Castell', email: 'rhea@ledgerworks.example', password },
  owner: { name: 'Maya Thornton', email: 'maya@quayside.example', password },
  viewer: { name: 'Ines Duarte', email: 'ines@quayside.example', password },
}
/** Lent to the customers of the source, who are known by number only. */
const companies = [
  'Alder & Finch Ltd',
  'Bramble Street Stores',
  'Corrigan Interiors',
  'Dunmore Gift Rooms',
  'Eastgate Emporium',
  'Fairweather Living',
  'Greyfriars Trading Co',
]

type Call = <T>(method: string, path: string, body?: object) => Promise<T>

async function signUp(url: string, person: (typeof people)[keyof typeof people]): Promise<Call> {
  const answer = await fetch(`${url}/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(person),
  })
  if (!answer.ok) throw new Error(`${person.email} could not sign up: ${await answer.text()}`)
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0])
  return async (method, path, body) => {
    const isForm = body instanceof FormData
    const headers = new Headers({ cookie: cookies.join('; '), origin: url })
    if (method === 'POST') headers.set('idempotency-key', randomUUID())
    if (body && !isForm) headers.set('content-type', 'application/json')
    const sent = body && (isForm ? body : JSON.stringify(body))
    const response = await fetch(`${url}/v1${path}`, { method, headers, ...(sent ? { body: sent } : {}) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text ? JSON.parse(text) : undefined
  }
}

async function until<T extends { state: string }>(ask: () => Promise<T>, states: string[]): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (!states.includes(answer.state)) return answer
    await sleep(100)
  }
}

/** Real orders as invoices of the last months, as a bookkeeping program would export them; every third is late. */
async function invoices() {
  const lines: Record<string, string>[] = parse(await readFile(join(root, orderLines)), {
    columns: true,
    bom: true,
  })
  const orders = [...Map.groupBy(lines, (line) => line['InvoiceNo'] ?? '')].slice(0, 40)
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  return orders.flatMap(([number, own], i) => {
    const minor = own.reduce(
      (sum, l) => sum + Math.round(Number(l['Quantity']) * Number(l['UnitPrice']) * 100),
      0,
    )
    if (minor <= 0) return []
    const total = (minor / 100).toFixed(2)
    const isLate = i % 3 === 0
    return {
      'Invoice no.': `INV-${number}`,
      Customer: companies[i % companies.length] ?? '',
      'E-mail': `accounts@${i % companies.length}.customer.example`,
      'Issue date': day(60 + i),
      'Due date': day(30 + i),
      'Paid on': isLate ? '' : day(26 + i),
      Total: total,
      'Amount due': isLate ? total : '0.00',
      Status: isLate ? 'open' : 'paid',
    }
  })
}

const mapping = {
  dataset: 'invoices',
  columns: {
    'Invoice no.': 'number',
    Customer: 'customer.name',
    'E-mail': 'customer.email',
    'Issue date': 'issuedAt',
    'Due date': 'dueAt',
    'Paid on': 'paidAt',
    Total: 'amount',
    'Amount due': 'amountDue',
    Status: 'status',
  },
  dateOrder: 'ymd',
  decimal: '.',
  currency: 'GBP',
}

async function publish(provider: Call): Promise<void> {
  for (const name of [service, 'cash-flow-optimizer']) {
    const built = join(root, 'providers-examples', name, 'dist')
    await provider('POST', '/provider/services', { service: name })
    const release = await provider<{ state: string }>('POST', `/provider/services/${name}/releases`, {
      manifest: JSON.parse(await readFile(join(built, 'manifest.json'), 'utf8')),
      bundle: await readFile(join(built, 'bundle.js'), 'utf8'),
    })
    if (release.state !== 'published')
      throw new Error(`${name} was not published: ${JSON.stringify(release)}`)
  }
}

async function operate(owner: Call, text: string) {
  const { id: business } = await owner<{ id: string }>('POST', '/businesses', {
    name: 'Lantern & Loom',
    currency: 'GBP',
    country: 'GB',
    timeZone: 'Europe/London',
    tags: ['retail'],
  })
  const form = new FormData()
  form.append('mapping', JSON.stringify(mapping))
  form.append('file', new Blob([text]), 'invoices.csv')
  const begun = await owner<{ id: string }>('POST', `/businesses/${business}/imports`, form)
  type Import = { state: string; counts: { created: number } }
  const imported = await until(() => owner<Import>('GET', `/imports/${begun.id}`), ['received', 'running'])
  if (imported.counts.created === 0) throw new Error(`Nothing was imported: ${JSON.stringify(imported)}`)
  const preview = await owner<{ id: string }>('POST', `/services/${service}/preview`, { business })
  const made = await owner<{ id: string }>('POST', '/subscriptions', { preview: preview.id, settings: {} })
  const path = `/subscriptions/${made.id}/executions`
  const started = await owner<{ items: { id: string }[] }>('GET', path)
  const { id } = started.items[0] ?? (await owner<{ id: string }>('POST', path, {}))
  const run = await until(
    () => owner<{ state: string }>('GET', `/executions/${id}`),
    ['queued', 'running', 'waiting'],
  )
  if (run.state !== 'succeeded') throw new Error(`The run of ${service} is ${JSON.stringify(run)}`)
  return { business, subscription: made.id, execution: id, import: begun.id }
}

async function fillIn(url: string) {
  const provider = await signUp(url, people.provider)
  await provider('POST', '/organisations', { name: 'Open Ledger Works', kind: 'provider' })
  await publish(provider)
  const owner = await signUp(url, people.owner)
  await owner('POST', '/organisations', { name: 'Quayside Group', kind: 'operator' })
  const viewer = await signUp(url, people.viewer)
  const invitation = { email: people.viewer.email, role: 'viewer' }
  const { secret } = await owner<{ secret: string }>('POST', '/invitations', invitation)
  await viewer('POST', '/invitations/accept', { secret })
  const rows = await invoices()
  const text = [Object.keys(mapping.columns), ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.join(','))
    .join('\n')
  return { ...(await operate(owner, text)), export: { text, customers: companies } }
}

await buildAll()
const place = await newHome()
const product = await startInstallation({ BIZQ_HOME: place.home, SIGN_INS_PER_MINUTE: '1000' })
const stop = async () => {
  await product.end('SIGINT')
  await place.remove()
  process.exit()
}
process.stdin.resume().once('end', () => void stop())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
try {
  console.log(JSON.stringify({ url: product.url, people, ...(await fillIn(product.url)) }))
} catch (error) {
  console.error(error)
  process.exitCode = 1
  await stop()
}
