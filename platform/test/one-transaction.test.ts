import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { carryOut } from '../src/features/actions/index.ts'
import { asAdmin, openOffice, remindAll, runIt } from './executions.ts'
import { test, type Platform } from './harness.ts'
import type { Person } from './people.ts'
import { actionId, addBill, inDays, openDesk, type Desk } from './proposals.ts'

/** Which tables hold something that was written meanwhile, by the transaction that wrote it. */
async function writtenBy(platform: Platform, work: () => Promise<unknown>): Promise<string[][]> {
  const [start] = await asAdmin<{ xid: string }[]>(platform, 'select pg_current_xact_id()::text as xid')
  await work()
  const tables = await asAdmin<{ name: string }[]>(
    platform,
    `select c.oid::regclass::text as name from pg_class c where c.relkind in ('r', 'p') and not c.relispartition
     and c.relnamespace in ('bizq'::regnamespace, 'data'::regnamespace, 'pgboss'::regnamespace)`,
  )
  const rows = await asAdmin<{ xid: string; name: string }[]>(
    platform,
    tables
      .map(
        ({ name }) =>
          `select distinct xmin::text::bigint as xid, '${name}' as name from ${name} where xmin::text::bigint > ${start?.xid}`,
      )
      .join(' union all '),
  )
  const byTransaction = [...Map.groupBy(rows, ({ xid }) => Number(xid))].sort(([a], [b]) => a - b)
  return byTransaction.map(([, each]) => each.map(({ name }) => name).sort())
}

async function proposed(operator: Person, desk: Desk) {
  const bill = await addBill(desk)
  const { actions } = await desk.propose([{ parameters: { bill, dueAt: inDays(10) } }])
  return (await operator.get(`/v1/actions/${actionId(actions[0] ?? '')}`)).body
}

/** Somebody is to be told of everything that happens. */
async function listen(operator: Person): Promise<void> {
  const made = await operator.post('/v1/webhook-endpoints', { url: 'http://127.0.0.1:20000/', events: ['*'] })
  expect(made.status).toBe(201)
}

const decide = (operator: Person, { id, version }: { id: string; version: string }, body: object) =>
  operator.post(`/v1/actions/${id}/decision`, { version, ...body })

test('an approval, its effect, its job, its entry in the log and what tells of it are one transaction', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const action = await proposed(operator, desk)
  await listen(operator)
  const written = await writtenBy(platform, async () => {
    expect((await decide(operator, action, { decision: 'approve' })).status).toBe(200)
  })
  expect(written).toEqual([
    [
      'bizq.actions',
      'bizq.audit_entries',
      'bizq.decisions',
      'bizq.effects',
      'bizq.events',
      'bizq.idempotency_keys',
      'bizq.webhook_deliveries',
      'pgboss.job',
    ],
  ])
  const jobs = await asAdmin(
    platform,
    `select count(*)::int as count from pgboss.job where data->>'action' = $1`,
    [decodeId('act', action.id)],
  )
  expect(jobs).toEqual([{ count: 1 }])
})

test('a rejection, and what its provider may know of it, are one transaction', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const action = await proposed(operator, desk)
  const written = await writtenBy(platform, async () => {
    const reason = { code: 'bad-timing' }
    expect((await decide(operator, action, { decision: 'reject', reason })).status).toBe(200)
  })
  expect(written).toEqual([
    [
      'bizq.actions',
      'bizq.audit_entries',
      'bizq.decisions',
      'bizq.events',
      'bizq.idempotency_keys',
      'bizq.provider_outcomes',
    ],
  ])
})

test('what an effect writes, that it was written, and what undo needs are one transaction; its undo is another', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  const action = await proposed(operator, desk)
  await decide(operator, action, { decision: 'approve' })
  const [effect] = await asAdmin<{ id: string }[]>(
    platform,
    'select id from bizq.effects where action_id = $1',
    [decodeId('act', action.id)],
  )
  const payload = {
    organisation: decodeId('org', operator.organisation),
    action: decodeId('act', action.id),
    effect: effect?.id ?? '',
  }
  expect(await writtenBy(platform, () => carryOut(platform.deps, payload))).toEqual([
    [
      'bizq.actions',
      'bizq.audit_entries',
      'bizq.carry_overs',
      'bizq.effects',
      'bizq.events',
      'bizq.provider_outcomes',
      'data.bills',
      'data.overrides',
      'pgboss.job',
    ],
  ])
  const undone = await writtenBy(platform, async () => {
    expect((await operator.post(`/v1/actions/${action.id}/undo`)).status).toBe(200)
  })
  expect(undone).toEqual([
    [
      'bizq.actions',
      'bizq.audit_entries',
      'bizq.carry_overs',
      'bizq.effects',
      'bizq.events',
      'bizq.idempotency_keys',
      'bizq.provider_outcomes',
      'data.bills',
      'data.overrides',
    ],
  ])
})

test('an execution and its job are one transaction; what comes of it is one too', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: remindAll })
  const first = (await office.latest()).id
  const ran = await writtenBy(platform, () => runIt(platform, operator, first))
  // The claim, what left, and the settling: each by itself. Of the claim the settling writes all but what told of it.
  expect(ran).toEqual([
    ['bizq.events'],
    ['bizq.audit_entries', 'bizq.disclosures', 'bizq.execution_inputs'],
    [
      'bizq.actions',
      'bizq.audit_entries',
      'bizq.events',
      'bizq.executions',
      'bizq.policy_facts',
      'bizq.provider_executions',
      'bizq.service_activity',
    ],
  ])
  const queued = await writtenBy(platform, async () => {
    const answer = await operator.post(`/v1/subscriptions/${office.subscription}/executions`)
    expect(answer.status).toBe(202)
  })
  expect(queued).toEqual([
    ['bizq.audit_entries', 'bizq.events', 'bizq.executions', 'bizq.idempotency_keys', 'pgboss.job'],
  ])
})
