import { randomUUID } from 'node:crypto'
import { decodeId, encodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import {
  proposeActions,
  type Proposal,
  type ProposalResult,
  type ProposalSource,
} from '../src/features/actions/index.ts'
import { requireBusinessRow } from '../src/features/businesses/index.ts'
import { insertRecords, recordId, type NewRecord } from '../src/features/data/index.ts'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Platform } from './harness.ts'
import { createBusiness, type Person } from './people.ts'

/** A business with a subscription to a service of somebody else's, made without the service's code. */
export interface Desk {
  business: string
  source: Omit<ProposalSource, 'business' | 'execution'>
  add(dataset: DatasetName, values: NewRecord['values']): Promise<string>
  propose(proposals: Partial<Proposal>[], change?: Partial<ProposalSource>): Promise<ProposalResult>
}

export async function openDesk(platform: Platform, operator: Person): Promise<Desk> {
  const business = await createBusiness(operator, { domains: ['harbour.example'] })
  const organisation = decodeId('org', operator.organisation)
  const source = await insertSubscription(platform, organisation, decodeId('bus', business))
  const scope = { organisation, business: decodeId('bus', business) }
  const inUnit = <T>(work: Parameters<typeof withUnitOfWork<T>>[2]) =>
    withUnitOfWork(platform.deps, systemActor(organisation), work)
  return {
    business,
    source,
    add: (dataset, values) =>
      inUnit(async (unit) => {
        const id = randomUUID()
        await insertRecords(unit.tx, scope, dataset, [{ id, values, source: 'test', sourceKey: id }])
        return recordId(dataset, id)
      }),
    propose: (proposals, change = {}) =>
      inUnit(async (unit) =>
        proposeActions(
          unit,
          {
            ...source,
            business: await requireBusinessRow(unit, scope.business),
            execution: randomUUID(),
            ...change,
          },
          proposals.map((proposal) => ({
            type: 'bill.reschedule',
            parameters: {},
            impact: null,
            confidence: 0.99,
            because: [],
            ...proposal,
          })),
        ),
      ),
  }
}

async function insertSubscription(
  platform: Platform,
  organisation: string,
  business: string,
): Promise<Desk['source']> {
  const [provider, service, release, grant, subscription, subscriber] = Array.from({ length: 6 }, () =>
    randomUUID(),
  ) as [string, string, string, string, string, string]
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  const slug = `service-${service.slice(0, 8)}`
  const digest = 'd'.repeat(64)
  await admin.query(
    `insert into bizq.organisations (organisation_id, kind, name) values ($1, 'provider', 'Maker')`,
    [provider],
  )
  await admin.query(`insert into bizq.services (organisation_id, id, slug) values ($1, $2, $3)`, [
    provider,
    service,
    slug,
  ])
  await admin.query(`insert into bizq.bundles (organisation_id, digest, content) values ($1, $2, '')`, [
    provider,
    digest,
  ])
  await admin.query(
    `insert into bizq.releases (organisation_id, id, service_id, version, major, minor, patch, is_prerelease, digest, bundle_digest, manifest, listing_text, category, state, checks, published_at)
     values ($1, $2, $3, '1.0.0', 1, 0, 0, false, $4, $4, '{}', '', 'financial', 'published', '[]', now())`,
    [provider, release, service, digest],
  )
  await admin.query(
    `insert into bizq.grants (organisation_id, id, business_id, provider_id, service_id, release_id, state, consent, price, secret, activated_at)
     values ($1, $2, $3, $4, $5, $6, 'active', '{}', '{}', '', now())`,
    [organisation, grant, business, provider, service, release],
  )
  await admin.query(
    `insert into bizq.subscriptions (organisation_id, id, business_id, provider_id, service_id, release_id, grant_id, state, settings, price, schedule, subscriber_id)
     values ($1, $2, $3, $4, $5, $6, $7, 'active', '{}', '{"monthly": null, "usage": [], "trialDays": 0}', '{}', $8)`,
    [organisation, subscription, business, provider, service, release, grant, subscriber],
  )
  await admin.end()
  return {
    subscription,
    subscriber,
    provider,
    service: { id: service, slug, name: 'Cash Flow Optimizer' },
    release: { id: release, version: '1.0.0' },
    granted: {
      bills: ['id', 'dueAt', 'amountDue', 'status'],
      invoices: ['id', 'dueAt', 'amountDue', 'status'],
    },
    declaredMax: {},
    categories: [],
  }
}

export const actionId = (uuid: string): string => encodeId('act', uuid)

/** A day from today in London. */
export const inDays = (days: number): string =>
  Temporal.Now.plainDateISO('Europe/London').add({ days }).toString()

/** An open bill of a supplier. */
export async function addBill(desk: Desk, values: NewRecord['values'] = {}): Promise<string> {
  const supplier = await desk.add('suppliers', { name: 'Acme Supplies Ltd', email: 'accounts@acme.example' })
  return desk.add('bills', {
    number: 'A-1',
    supplier: decodeId('sup', supplier),
    issuedAt: inDays(-10),
    dueAt: inDays(3),
    amount: { amount: 5_000, currency: 'GBP' },
    amountDue: { amount: 5_000, currency: 'GBP' },
    status: 'open',
    ...values,
  })
}

/** An overdue invoice of a customer with an address. */
export async function addInvoice(desk: Desk, values: NewRecord['values'] = {}): Promise<string> {
  const customer = await desk.add('customers', { name: 'Jo Miller', email: 'jo@miller.example' })
  return desk.add('invoices', {
    number: 'I-1',
    customer: decodeId('cus', customer),
    issuedAt: inDays(-40),
    dueAt: inDays(-10),
    amount: { amount: 9_000, currency: 'GBP' },
    amountDue: { amount: 9_000, currency: 'GBP' },
    status: 'open',
    ...values,
  })
}
