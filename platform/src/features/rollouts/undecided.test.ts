import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, openOffice, remindAll, type Office } from '../../../test/executions.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import type { Person } from '../../../test/people.ts'
import { bundleOf, manifestOf } from '../../../test/services.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { withdrawJob } from '../actions/index.ts'
import { restoreService, suspendService } from '../releases/index.ts'
import { judgeJob, returnJob, takeJob } from './index.ts'

const test = base.extend<{ office: Office }>({
  office: async ({ platform, operator }, use) => {
    const office = await openOffice(platform, operator, { body: remindAll })
    await operator.send('PATCH', `/v1/subscriptions/${office.subscription}`, { readAllowanceRows: 100_000 })
    await office.run()
    await use(office)
  },
})

interface Seen {
  id: string
  version: string
  state: string
  note: string | null
}

/** The actions of a business, in the order in which they were proposed. */
const actionsOf = async (operator: Person, { business }: Office, state: string): Promise<Seen[]> =>
  (await operator.get(`/v1/actions?business=${business}&state=${state}`)).body.items
const decide = (operator: Person, { id, version }: Seen) =>
  operator.post(`/v1/actions/${id}/decision`, { version, decision: 'approve' })

const pathOf = ({ published }: Office) => `/v1/provider/services/${published.service}/releases`
const jobsFor = async (platform: Platform, release: string) =>
  (
    await asAdmin<{ count: number }[]>(
      platform,
      `select count(*)::int as count from pgboss.job where name = 'actions.withdraw' and data::text like '%' || $1 || '%'`,
      [release],
    )
  )[0]?.count

test('what a suspended release proposed and nobody decided is withdrawn and says why; what was approved stays', async ({
  platform,
  operator,
  office,
}) => {
  const [approved, undecided] = await actionsOf(operator, office, 'proposed')
  if (!approved || !undecided) throw new Error('two reminders were to be proposed')
  expect((await decide(operator, approved)).status).toBe(200)
  const release = office.published.release
  const suspended = await office.provider.send('PATCH', `${pathOf(office)}/${release}`, {
    state: 'suspended',
    notice: 'It reminds twice.',
  })
  expect(suspended.status).toBe(200)
  expect(await jobsFor(platform, release)).toBe(1)
  await withdrawJob.handle(platform.deps, [{ release }])
  await withdrawJob.handle(platform.deps, [{ release }])
  expect(await actionsOf(operator, office, 'proposed')).toEqual([])
  expect(await actionsOf(operator, office, 'withdrawn')).toMatchObject([
    { id: undecided.id, note: 'release-suspended' },
  ])
  expect((await operator.get(`/v1/actions/${approved.id}`)).body).toMatchObject({
    state: 'approved',
    note: null,
  })
  expect((await decide(operator, undecided)).status).toBe(409)
  const log = (await operator.get(`/v1/audit?action=action.withdraw&subject=${undecided.id}`)).body.items
  expect(log).toHaveLength(1)
})

test('what a canary proposed goes with it, and what the release before it proposed stays', async ({
  platform,
  operator,
  office,
}) => {
  const [before] = await actionsOf(operator, office, 'proposed')
  if (!before) throw new Error('a reminder was to be proposed')
  const { service } = office.published
  const manifest = manifestOf({ service, version: '1.0.1' })
  const bundle = bundleOf(manifest, remindAll)
  const publication = { kind: 'canary', percent: 50, hours: 24 }
  const { body: next } = await office.provider.post(pathOf(office), { manifest, bundle, publication })
  await takeJob.handle(platform.deps, [{ release: next.id }])
  const customer = await office.add('customers', { name: 'Bo Kim', email: 'bo@kim.test', country: 'GB' })
  await office.add('invoices', {
    number: 'N-3',
    customer: decodeId('cus', customer),
    issuedAt: '2026-01-01',
    dueAt: '2026-02-01',
    amount: { amount: 7_000, currency: 'GBP' },
    amountDue: { amount: 7_000, currency: 'GBP' },
    status: 'open',
  })
  await office.run()
  const proposed = await actionsOf(operator, office, 'proposed')
  expect(proposed).toHaveLength(3)
  await asAdmin(
    platform,
    `insert into bizq.provider_executions (organisation_id, id, subscriber_id, service_id, release_id, outcome)
     select organisation_id, gen_random_uuid(), id, service_id, release_id, 'failed' from bizq.subscribers, generate_series(1, 9) where release_id = $1`,
    [decodeId('rel', next.id)],
  )
  await judgeJob.handle(platform.deps, [])
  await returnJob.handle(platform.deps, [{ release: next.id }])
  const kept = await actionsOf(operator, office, 'proposed')
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.map(({ id }) => id)).toContain(before.id)
  const gone = await actionsOf(operator, office, 'withdrawn')
  expect(gone.length + kept.length).toBe(3)
  expect(gone.length).toBeGreaterThan(0)
  for (const { note } of gone) expect(note).toBe('release-taken-back')
})

test('a hold that was lifted before the job came withdraws nothing', async ({
  platform,
  operator,
  office,
}) => {
  const actor = systemActor(decodeId('org', office.provider.organisation), 'provider')
  const [row] = await asAdmin<{ service_id: string }[]>(
    platform,
    `select service_id from bizq.releases where id = $1`,
    [decodeId('rel', office.published.release)],
  )
  const service = row?.service_id ?? ''
  await withUnitOfWork(platform.deps, actor, (unit) => suspendService(unit, service, 'Looked at.'))
  await withUnitOfWork(platform.deps, actor, (unit) => restoreService(unit, service))
  await withdrawJob.handle(platform.deps, [{ release: office.published.release }])
  expect(await actionsOf(operator, office, 'proposed')).toHaveLength(2)
})
