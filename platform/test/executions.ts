import { decodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { randomUUIDv7 } from 'node:crypto'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import { insertRecords, recordId, type NewRecord } from '../src/features/data/index.ts'
import { runExecution } from '../src/features/executions/index.ts'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Platform } from './harness.ts'
import { createBusiness, signUpOperator, type Answer, type Person } from './people.ts'
import { publish, subscribe, type PublishedService } from './services.ts'

/** A business subscribed to a service whose code the test wrote. */
export interface Office {
  business: string
  provider: Person
  published: PublishedService
  subscription: string
  grant: string
  /** Puts a record into the business and answers its id. */
  add(dataset: DatasetName, values: NewRecord['values']): Promise<string>
  /** Queues an execution by hand unless one is open, runs what is open as the worker would, and answers it. */
  run(): Promise<Answer['body']>
  /** The open execution, or the newest. */
  latest(): Promise<Answer['body']>
  /** Makes a waiting execution due now. */
  hurry(): Promise<void>
}

export interface OfficeOptions {
  /** The text of `execute(input)`, which returns an output. */
  body?: string
  manifest?: Record<string, unknown>
  settings?: Record<string, unknown>
  provider?: Person
  business?: string
  /** What the operator agrees to; everything but personal fields, if left out. */
  consent?: Record<string, unknown>
}

/** Text of a function body that answers an output with these parts. */
export const answering = (parts: string): string =>
  `(input) => ({ proposals: [], recommendations: [], metrics: {}, state: null, ...(${parts}) })`

/** Code that reminds of every invoice that it is given. */
export const remindAll = answering(`{
  proposals: input.data.invoices.map((invoice) => ({
    type: 'invoice.remind', parameters: { invoice: invoice.id }, impact: invoice.amountDue, confidence: 0.97,
    because: [{ dataset: 'invoices', id: invoice.id }],
  })),
  recommendations: [{ text: 'Ask for deposits.', because: [{ dataset: 'invoices', id: input.data.invoices[0].id }] }],
  metrics: { invoices: input.data.invoices.length, owed: input.data.invoices[0].amountDue },
}`)
/** Code that throws an error of this class with these fields. */
export const throwing = (name: string, fields = '{}') =>
  `() => { console.log('before'); const error = new Error('as told'); error.name = '${name}'; throw Object.assign(error, ${fields}) }`
/** A service that never ends, and may run for less than half a second. */
export const endless = {
  body: '() => { for (;;); }',
  manifest: { runtime: { kind: 'sandbox', limits: { wallMs: 400, cpuMs: 200 } } },
}

/** Publishes a service and subscribes a business with some invoices to it. */
export async function openOffice(
  platform: Platform,
  operator: Person,
  options: OfficeOptions = {},
): Promise<Office> {
  const business = options.business ?? (await createBusiness(operator, { domains: ['harbour.example'] }))
  const add = adderOf(platform, operator, business)
  if (!options.business) await fillOffice(add)
  const provider = options.provider ?? (await signUpOperator(platform.app, 'provider'))
  const published = await publish(provider, options.manifest, options.body)
  const made = await subscribe(operator, business, published.service, options.settings, options.consent)
  const latest = async () =>
    (await operator.get(`/v1/subscriptions/${made.id}/executions?limit=1`)).body.items[0]
  return {
    business,
    provider,
    published,
    subscription: made.id,
    grant: made.grant,
    add,
    latest,
    run: async () => {
      const open = await latest()
      const isOpen = open && ['queued', 'waiting', 'running'].includes(open.state)
      const execution = isOpen
        ? open.id
        : (await operator.post(`/v1/subscriptions/${made.id}/executions`)).body.id
      await runIt(platform, operator, execution)
      return (await operator.get(`/v1/executions/${execution}`)).body
    },
    hurry: () =>
      asAdmin(
        platform,
        `update bizq.executions set next_attempt_at = now() where subscription_id = $1 and state = 'waiting'`,
        [decodeId('sub', made.id)],
      ),
  }
}

/** Runs an execution as the worker would. */
export function runIt(platform: Platform, operator: Person, execution: string): Promise<void> {
  return runExecution(platform.deps, {
    organisation: decodeId('org', operator.organisation),
    execution: decodeId('exe', execution),
  })
}

/** A statement as the superuser: to look at what no role may see, or to move a clock. */
export async function asAdmin<T = void>(
  platform: Pick<Platform, 'adminUrl'>,
  statement: string,
  values: unknown[] = [],
): Promise<T> {
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  try {
    return (await admin.query(statement, values)).rows as T
  } finally {
    await admin.end()
  }
}

export function adderOf(platform: Platform, operator: Person, business: string): Office['add'] {
  const organisation = decodeId('org', operator.organisation)
  const scope = { organisation, business: decodeId('bus', business) }
  return (dataset, values) =>
    withUnitOfWork(platform.deps, systemActor(organisation), async ({ tx }) => {
      const id = randomUUIDv7()
      await insertRecords(tx, scope, dataset, [{ id, values, source: 'test', sourceKey: id }])
      return recordId(dataset, id)
    })
}

/** A day so many days before today in London. */
export const daysAgo = (days: number): string =>
  Temporal.Now.plainDateISO('Europe/London').subtract({ days }).toString()

async function fillOffice(add: Office['add']): Promise<void> {
  const customer = await add('customers', {
    name: 'Ann Lee',
    company: 'Lee Harbour Supplies Ltd',
    email: 'ann@lee.test',
    country: 'GB',
  })
  for (const [number, amount] of [
    ['N-1', 4_000],
    ['N-2', 9_000],
  ] as const) {
    await add('invoices', {
      number,
      customer: decodeId('cus', customer),
      issuedAt: daysAgo(50),
      dueAt: daysAgo(20),
      amount: { amount, currency: 'GBP' },
      amountDue: { amount, currency: 'GBP' },
      status: 'open',
      notes: `Call Ann Lee about ${number}`,
    })
  }
}
