import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { createSandbox } from '@bizq/sandbox'
import { compileProvider, type BuiltProvider } from '@bizq/cli/build'
import { decodeId } from '@bizq/sdk/contract'
import type { RunPayload } from '../src/features/executions/index.ts'
import { sealKey } from '../src/features/subscriptions/grants.ts'
import { createBusiness, signUpOperator, type Person } from '../test/people.ts'
import { subscribe } from '../test/services.ts'
import type { Stage } from './stage.ts'

const examples = join(import.meta.dirname, '../../providers-examples')

/** Builds one of the example providers as its author would. */
export async function buildExample(name: string): Promise<BuiltProvider> {
  const sandbox = createSandbox({ maxProcesses: 1 })
  try {
    return await compileProvider(join(examples, name), sandbox)
  } finally {
    await sandbox.close()
  }
}

/** Publishes a built provider through the API, as an organisation of its own. */
export async function publishExample(stage: Stage, { manifest, bundle }: BuiltProvider): Promise<string> {
  const provider = await signUpOperator(stage.app, 'provider')
  const taken = await provider.post('/v1/provider/services', { service: manifest.service })
  if (taken.status !== 201) throw new Error(`no service: ${JSON.stringify(taken.body)}`)
  const made = await provider.post(`/v1/provider/services/${manifest.service}/releases`, { manifest, bundle })
  if (made.body.state !== 'published') throw new Error(`not published: ${JSON.stringify(made.body)}`)
  return manifest.service
}

/** One operator whose businesses all have the same service. Ids are UUIDs. */
export interface Portfolio {
  operator: Person
  organisation: string
  businesses: string[]
  subscriptions: string[]
}

export interface PortfolioSize {
  businesses: number
  customers: number
  invoices: number
}

/**
 * Signs an operator up and subscribes a first business through the API; the others are copies of it in the
 * tables, each with a grant, a key and data of its own.
 */
export async function openPortfolio(stage: Stage, service: string, size: PortfolioSize): Promise<Portfolio> {
  const operator = await signUpOperator(stage.app)
  const organisation = decodeId('org', operator.organisation)
  const first = await createBusiness(operator, { name: 'Business 1', domains: ['business.example'] })
  const subscription = await subscribe(operator, first, service)
  const pattern = {
    business: decodeId('bus', first),
    grant: decodeId('gra', subscription.grant),
    subscription: decodeId('sub', subscription.id),
  }
  const copies = Array.from({ length: size.businesses - 1 }, (_, i) => {
    const grant = randomUUIDv7()
    return {
      name: `Business ${i + 2}`,
      business: randomUUIDv7(),
      grant,
      subscription: randomUUIDv7(),
      subscriber: randomUUIDv7(),
      secret: sealKey(stage.deps, grant, randomBytes(32)).toString('hex'),
    }
  })
  await copySubscriptions(stage, pattern, copies)
  const businesses = [pattern.business, ...copies.map((copy) => copy.business)]
  await fillInvoices(stage, organisation, businesses, size)
  return {
    operator,
    organisation,
    businesses,
    subscriptions: [pattern.subscription, ...copies.map((copy) => copy.subscription)],
  }
}

async function copySubscriptions(
  { admin }: Stage,
  pattern: Record<'business' | 'grant' | 'subscription', string>,
  copies: readonly object[],
): Promise<void> {
  const rows = JSON.stringify(copies)
  const copy = `json_to_recordset($1::json) as copy (name text, business uuid, "grant" uuid, subscription uuid, subscriber uuid, secret text)`
  await admin.query(
    `insert into bizq.businesses (organisation_id, id, name, domains, currency, country, time_zone, locale, tags)
     select b.organisation_id, copy.business, copy.name, b.domains, b.currency, b.country, b.time_zone, b.locale, b.tags
     from bizq.businesses b, ${copy} where b.id = $2`,
    [rows, pattern.business],
  )
  await admin.query(
    `insert into bizq.grants (organisation_id, id, business_id, provider_id, service_id, release_id, state, consent, price, secret, activated_at)
     select g.organisation_id, copy."grant", copy.business, g.provider_id, g.service_id, g.release_id, g.state, g.consent, g.price,
       decode(copy.secret, 'hex'), now()
     from bizq.grants g, ${copy} where g.id = $2`,
    [rows, pattern.grant],
  )
  await admin.query(
    `insert into bizq.subscriptions (organisation_id, id, business_id, provider_id, service_id, release_id, grant_id, state, settings, price, schedule, subscriber_id)
     select s.organisation_id, copy.subscription, copy.business, s.provider_id, s.service_id, s.release_id, copy."grant", s.state,
       s.settings, s.price, s.schedule, copy.subscriber
     from bizq.subscriptions s, ${copy} where s.id = $2`,
    [rows, pattern.subscription],
  )
  await admin.query(
    `update bizq.grants g set subscription_id = s.id from bizq.subscriptions s
     where s.organisation_id = g.organisation_id and s.grant_id = g.id and g.subscription_id is null`,
  )
}

/** Customers and invoices of a year; the newest few are open, and one or two of all are late. */
async function fillInvoices(
  { admin }: Stage,
  organisation: string,
  businesses: readonly string[],
  size: Pick<PortfolioSize, 'customers' | 'invoices'>,
): Promise<void> {
  await admin.query(
    `insert into data.customers (organisation_id, business_id, name, company, company_is_entity, email, country, source, source_key)
     select $1, b, 'Customer ' || n, 'Company ' || n || ' Ltd', true, 'customer' || n || '@customers.example', 'GB', 'bench', n::text
     from unnest($2::uuid[]) b, generate_series(0, $3 - 1) n`,
    [organisation, businesses, size.customers],
  )
  await admin.query(
    `insert into data.invoices (organisation_id, business_id, number, customer, issued_at, due_at, paid_at, amount, amount_due, status,
       reminders_sent, currency, source, source_key)
     select c.organisation_id, c.business_id, 'N-' || n, c.id, day, day + 30,
       case when is_open then null else day + 30 + ((n * 31 + place) % 40 - 8)::int end, amount, case when is_open then amount else 0 end,
       case when is_open then 'open' else 'paid' end, 0, 'GBP', 'bench', n::text
     from unnest($2::uuid[]) with ordinality as b (business, place), generate_series(0, $4 - 1) n,
       lateral (select current_date - (n * 360 / $4 + (place * 7) % 15)::int as day, n < 4 or (n + place) % 29 = 0 as is_open,
         1000 + (n * 7907 + place * 6007) % 100000 as amount) v,
       lateral (select * from data.customers c where c.organisation_id = $1 and c.business_id = b.business and c.source = 'bench'
         and c.source_key = (n % $3)::text) c`,
    [organisation, businesses, size.customers, size.invoices],
  )
  await admin.query('analyze data.customers, data.invoices, bizq.businesses, bizq.grants, bizq.subscriptions')
}

/** Queues one execution for each of these subscriptions, as a bulk run does. */
export async function queueExecutions(
  { admin }: Stage,
  { organisation, subscriptions }: Pick<Portfolio, 'organisation' | 'subscriptions'>,
): Promise<RunPayload[]> {
  const { rows } = await admin.query<{ id: string }>(
    `insert into bizq.executions (organisation_id, business_id, subscription_id, grant_id, service_id, provider_id, release_id,
       subscriber_id, state, trigger)
     select organisation_id, business_id, id, grant_id, service_id, provider_id, release_id, subscriber_id, 'queued', 'bulk'
     from bizq.subscriptions where organisation_id = $1 and id = any ($2) returning id`,
    [organisation, subscriptions],
  )
  return rows.map(({ id }) => ({ organisation, execution: id }))
}

/** Forgets every execution with all that came of it, so that a round finds what the round before it found. */
export async function clearExecutions({ admin }: Stage): Promise<void> {
  await admin.query(
    `truncate bizq.executions, bizq.execution_inputs, bizq.disclosures, bizq.provider_executions, bizq.actions, bizq.decisions,
       bizq.effects, bizq.policy_facts, bizq.events, bizq.audit_entries, bizq.audit_chain, bizq.audit_heads, bizq.release_circuits cascade`,
  )
  await admin.query('truncate pgboss.job cascade')
  await admin.query('checkpoint')
}

/** Refuses to go on with a round in which anything but success happened. */
export async function requireAllSucceeded({ admin }: Stage, count: number): Promise<{ actions: number }> {
  const { rows } = await admin.query<{
    state: string
    outcome: string | null
    reason: string | null
    n: number
  }>(
    `select state, outcome, min(reason) as reason, count(*)::int as n from bizq.executions group by state, outcome`,
  )
  const [only] = rows
  if (rows.length !== 1 || only?.state !== 'succeeded' || only.n !== count)
    throw new Error(`${count} executions should have succeeded: ${JSON.stringify(rows)}`)
  const made = await admin.query<{ n: number }>('select count(*)::int as n from bizq.actions')
  return { actions: made.rows[0]?.n ?? 0 }
}
