import { randomUUID } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { carry, decide, effectOf, proposed } from '../../../test/deciding.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import { countWaiting, openLook, until } from '../../../test/crash/ground.ts'
import { asAdmin } from '../../../test/executions.ts'
import { join, type Person } from '../../../test/people.ts'
import { actionId, addBill, addInvoice, inDays, openDesk, type Desk } from '../../../test/proposals.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { carryOut, expireActionsJob } from './index.ts'
import { listEffectsOf } from './effect-store.ts'

const test = base.extend<{ desk: Desk }>({
  desk: async ({ platform, operator }, use) => use(await openDesk(platform, operator)),
})

async function effectsOf(platform: Platform, operator: Person, id: string) {
  return withUnitOfWork(platform.deps, systemActor(decodeId('org', operator.organisation)), ({ tx }) =>
    listEffectsOf(tx, [decodeId('act', id)]),
  )
}

const bill = async (operator: Person, desk: Desk, id: string) =>
  (await operator.get(`/v1/businesses/${desk.business}/data/bills/${id}`)).body

test('an operator reads a proposal with real names, its stake and why it is asked', async ({
  operator,
  desk,
}) => {
  const action = await proposed(desk, operator)
  expect(action.sentence).toContain('Acme Supplies')
  expect(action).toMatchObject({
    state: 'proposed',
    stake: { amount: 5_000, currency: 'GBP' },
    policy: { outcome: 'ask' },
  })
  expect(action.policy.explanation.join(' ')).toContain('0 of the first 20')
})

test('approved, it is carried out once and the record holds the new value', async ({
  platform,
  operator,
  desk,
}) => {
  const id = await addBill(desk)
  const action = await proposed(desk, operator, id)
  const approved = await decide(operator, action)
  expect(approved.body).toMatchObject({ state: 'approved', canUndo: true })
  await carry(platform, operator, action.id)
  await carry(platform, operator, action.id)
  const applied = (await operator.get(`/v1/actions/${action.id}`)).body
  expect(applied).toMatchObject({ state: 'applied', canUndo: true, effect: { state: 'done' } })
  expect((await bill(operator, desk, id)).dueAt).toBe(inDays(10))
  expect((await operator.get('/v1/carry-over')).body.items).toHaveLength(1)
})

test('two approvals at the same moment carry an action out once', async ({ platform, operator, desk }) => {
  const action = await proposed(desk, operator)
  // Neither gets the action before both have asked for it.
  const holder = await openLook(platform.adminUrl)
  await holder.look('begin')
  await holder.look('select 1 from bizq.actions where id = $1 for update', [decodeId('act', action.id)])
  const both = Promise.all([decide(operator, action), decide(operator, action)])
  await until(async () => (await countWaiting(platform)) === 2)
  await holder.look('commit')
  await holder.close()
  const answers = await both
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409])
  expect(await effectsOf(platform, operator, action.id)).toHaveLength(1)
})

test('a decision on a card that has changed since is refused', async ({ operator, desk }) => {
  const id = await addBill(desk)
  const action = await proposed(desk, operator, id)
  await operator.send('PATCH', `/v1/businesses/${desk.business}/data/bills/${id}`, { dueAt: inDays(5) })
  const refused = await decide(operator, action)
  expect(refused.status).toBe(409)
  expect(refused.body.type).toMatch(/stale-card$/)
  expect((await decide(operator, { id: action.id, version: refused.body.version })).status).toBe(200)
})

test('when the world moved between approval and carrying out, it goes back to the queue', async ({
  platform,
  operator,
  desk,
}) => {
  const id = await addBill(desk)
  const action = await proposed(desk, operator, id)
  await decide(operator, action)
  await operator.send('PATCH', `/v1/businesses/${desk.business}/data/bills/${id}`, {
    amountDue: { amount: 9_999, currency: 'GBP' },
  })
  await carry(platform, operator, action.id)
  expect((await operator.get(`/v1/actions/${action.id}`)).body).toMatchObject({
    state: 'proposed',
    note: 'card-changed',
    decision: null,
  })
  expect((await bill(operator, desk, id)).dueAt).toBe(inDays(3))
})

describe('undo', () => {
  test('takes the effect back if the record still holds what it wrote', async ({
    platform,
    operator,
    desk,
  }) => {
    const id = await addBill(desk)
    const action = await proposed(desk, operator, id)
    await decide(operator, action)
    await carry(platform, operator, action.id)
    const undone = await operator.post(`/v1/actions/${action.id}/undo`)
    expect(undone.body).toMatchObject({ state: 'undone' })
    expect((await bill(operator, desk, id)).dueAt).toBe(inDays(3))
    expect((await operator.get('/v1/carry-over?state=open')).body.items).toHaveLength(0)
    expect((await operator.post(`/v1/actions/${action.id}/undo`)).status).toBe(409)
  })

  test('shows the conflict when the record was changed since, and changes nothing', async ({
    platform,
    operator,
    desk,
  }) => {
    const id = await addBill(desk)
    const action = await proposed(desk, operator, id)
    await decide(operator, action)
    await carry(platform, operator, action.id)
    await operator.send('PATCH', `/v1/businesses/${desk.business}/data/bills/${id}`, { dueAt: inDays(20) })
    const refused = await operator.post(`/v1/actions/${action.id}/undo`)
    expect(refused.status).toBe(409)
    expect(refused.body.conflicts).toEqual([
      expect.objectContaining({ field: 'dueAt', written: inDays(10), present: inDays(20) }),
    ])
    expect((await bill(operator, desk, id)).dueAt).toBe(inDays(20))
  })

  test('is refused once its time is over', async ({ platform, operator, desk }) => {
    const id = await addBill(desk)
    const action = await proposed(desk, operator, id)
    await decide(operator, action)
    await carry(platform, operator, action.id)
    await asAdmin(
      platform,
      `update bizq.effects set undo_until = now() - interval '1 second' where action_id = $1`,
      [decodeId('act', action.id)],
    )
    expect((await operator.post(`/v1/actions/${action.id}/undo`)).body.type).toMatch(/cannot-undo$/)
    expect((await bill(operator, desk, id)).dueAt).toBe(inDays(10))
  })

  test('before it is carried out takes the decision back', async ({ platform, operator, desk }) => {
    const action = await proposed(desk, operator)
    await decide(operator, action)
    const effect = (await effectOf(platform, operator, action.id))?.id ?? ''
    expect((await operator.post(`/v1/actions/${action.id}/undo`)).body.state).toBe('proposed')
    const organisation = decodeId('org', operator.organisation)
    await carryOut(platform.deps, { organisation, action: decodeId('act', action.id), effect })
    expect((await operator.get(`/v1/actions/${action.id}`)).body.state).toBe('proposed')
  })
})

test('a viewer cannot decide, nor a token without the scope, and a stranger sees nothing', async ({
  platform,
  operator,
  stranger,
  desk,
}) => {
  const action = await proposed(desk, operator)
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.get(`/v1/actions/${action.id}`)).status).toBe(200)
  expect((await decide(viewer, action)).status).toBe(403)
  const token = await operator.withToken(['actions:read'])
  expect((await decide(token, action)).status).toBe(403)
  expect((await decide(stranger, action)).status).toBe(404)
  const bulk = {
    items: [{ action: action.id, version: action.version }],
    decision: 'approve',
    expectedTotal: [{ amount: 5_000, currency: 'GBP' }],
  }
  expect((await viewer.post('/v1/decisions', bulk)).status).toBe(403)
  expect((await token.post('/v1/decisions', bulk)).status).toBe(403)
  expect((await decide(operator, action)).status).toBe(200)
  for (const person of [viewer, token])
    expect((await person.post(`/v1/actions/${action.id}/undo`)).status).toBe(403)
  expect((await stranger.post(`/v1/actions/${action.id}/undo`)).status).toBe(404)
  expect((await stranger.get('/v1/actions')).body.items).toEqual([])
})

test('a decision needs an Idempotency-Key, and the same key decides once', async ({
  platform,
  operator,
  desk,
}) => {
  const action = await proposed(desk, operator)
  const bare = await platform.app.request(`/v1/actions/${action.id}/decision`, {
    method: 'POST',
    headers: { cookie: operator.cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ decision: 'approve', version: action.version }),
  })
  expect(bare.status).toBe(400)
  const headers = { 'idempotency-key': 'the-same-decision' }
  const body = { decision: 'approve', version: action.version }
  const [one, two] = [
    await operator.post(`/v1/actions/${action.id}/decision`, body, { headers }),
    await operator.post(`/v1/actions/${action.id}/decision`, body, { headers }),
  ]
  expect([one.status, two.status]).toEqual([200, 200])
  expect(two.body).toEqual(one.body)
})

describe('rejection', () => {
  test('needs a reason and keeps the same proposal away until its facts change', async ({
    operator,
    desk,
  }) => {
    const id = await addBill(desk)
    const action = await proposed(desk, operator, id)
    expect((await decide(operator, action, { decision: 'reject' })).status).toBe(422)
    expect(
      (
        await decide(operator, action, {
          decision: 'reject',
          reason: { code: 'bad-timing', text: 'Not this week' },
        })
      ).body,
    ).toMatchObject({
      state: 'rejected',
      decision: { reason: { code: 'bad-timing', text: 'Not this week' } },
    })
    expect((await desk.propose([{ parameters: { bill: id, dueAt: inDays(12) } }])).dropped).toMatchObject([
      { code: 'rejected-lately' },
    ])
    await operator.send('PATCH', `/v1/businesses/${desk.business}/data/bills/${id}`, {
      amountDue: { amount: 4_000, currency: 'GBP' },
    })
    expect((await desk.propose([{ parameters: { bill: id, dueAt: inDays(12) } }])).actions).toHaveLength(1)
  })
})

test('a different proposal about the same thing replaces the waiting one: new version, same age', async ({
  operator,
  desk,
}) => {
  const id = await addBill(desk)
  const first = await proposed(desk, operator, id, inDays(10))
  const second = await proposed(desk, operator, id, inDays(12))
  expect(second).toMatchObject({ id: first.id, proposedAt: first.proposedAt })
  expect(second.version).not.toBe(first.version)
  expect((await desk.propose([{ parameters: { bill: id, dueAt: inDays(12) } }])).dropped).toMatchObject([
    { code: 'unchanged' },
  ])
})

test('an edit changes only what may be edited, and is what is carried out', async ({
  platform,
  operator,
  desk,
}) => {
  const id = await addBill(desk)
  const action = await proposed(desk, operator, id)
  const other = await addBill(desk, { number: 'A-2' })
  expect((await decide(operator, action, { decision: 'edit', parameters: { bill: other } })).status).toBe(422)
  expect((await decide(operator, action, { decision: 'edit', parameters: { dueAt: 'soon' } })).status).toBe(
    422,
  )
  expect(
    (await decide(operator, action, { decision: 'edit', parameters: { dueAt: inDays(7) } })).status,
  ).toBe(200)
  await carry(platform, operator, action.id)
  expect((await bill(operator, desk, id)).dueAt).toBe(inDays(7))
})

describe('in bulk', () => {
  test('the total must be the one that was seen; what is too large is decided by itself', async ({
    operator,
    desk,
  }) => {
    const small = await proposed(desk, operator, await addBill(desk, { number: 'A-2' }))
    const large = await proposed(
      desk,
      operator,
      await addBill(desk, { number: 'A-3', amountDue: { amount: 500_000, currency: 'GBP' } }),
    )
    const items = [small, large].map(({ id, version }) => ({ action: id, version }))
    const wrong = await operator.post('/v1/decisions', {
      items,
      decision: 'approve',
      expectedTotal: [{ amount: 5_000, currency: 'GBP' }],
    })
    expect(wrong.body.type).toMatch(/expected-total-differs$/)
    const foreign = await operator.post('/v1/decisions', {
      items,
      decision: 'approve',
      expectedTotal: [{ amount: 505_000, currency: 'EUR' }],
    })
    expect(foreign.body.type).toMatch(/expected-total-differs$/)
    const right = await operator.post('/v1/decisions', {
      items,
      decision: 'approve',
      expectedTotal: [{ amount: 505_000, currency: 'GBP' }],
    })
    expect(right.body.items).toMatchObject([
      { state: 'approved', problem: null },
      { state: 'proposed', problem: { status: 409 } },
    ])
  })
})

test('what needs two people waits for a second one', async ({ platform, operator, desk }) => {
  const policy = `pol_${'0'.repeat(26)}`
  await operator.send('PUT', `/v1/policies/${policy}`, {
    name: 'Two',
    isEnabled: true,
    body: { kind: 'rule', when: {}, outcome: 'ask-two' },
  })
  const action = await proposed(desk, operator)
  expect((await decide(operator, action)).body.state).toBe('awaiting-second')
  expect((await decide(operator, action)).body.type).toMatch(/needs-second-person$/)
  const manager = await join(platform.app, operator, 'manager')
  expect((await decide(manager, action)).body.state).toBe('approved')
})

describe('automatic', () => {
  async function trust(operator: Person, policy: object = {}) {
    const [current] = (await operator.get('/v1/policies')).body.items
    const settings = { ...current.body.settings, askFirst: 1, ...policy }
    await operator.send('PUT', `/v1/policies/${current.id}`, {
      name: 'Base',
      isEnabled: true,
      body: { kind: 'base', settings },
    })
  }

  async function trusted(platform: Platform, operator: Person, desk: Desk) {
    await trust(operator)
    const action = await proposed(desk, operator)
    await decide(operator, action)
    await carry(platform, operator, action.id)
  }

  test('a trusted service applies what is small and sure, and stays under the caps however it splits', async ({
    platform,
    operator,
    desk,
  }) => {
    await trusted(platform, operator, desk)
    for (let i = 0; i < 30; i++) {
      const id = await addBill(desk, { number: `S-${i}`, amountDue: { amount: 1_500, currency: 'GBP' } })
      await desk.propose([{ parameters: { bill: id, dueAt: inDays(9) }, confidence: 1 }])
    }
    const { items } = (await operator.get('/v1/actions?limit=100')).body
    const automatic = items.filter(
      (item: { decision: { by: { kind: string } } | null }) => item.decision?.by.kind === 'policy',
    )
    expect(automatic).toHaveLength(13)
    expect(items.filter((item: { state: string }) => item.state === 'proposed')).toHaveLength(17)
  })

  test('stop everything leaves what is automatic to be asked', async ({ platform, operator, desk }) => {
    await trusted(platform, operator, desk)
    const before = await desk.propose([
      { parameters: { bill: await addBill(desk, { number: 'T-1' }), dueAt: inDays(9) } },
    ])
    expect((await operator.post('/v1/stop')).body.stoppedAt).not.toBeNull()
    const after = await desk.propose([
      { parameters: { bill: await addBill(desk, { number: 'T-2' }), dueAt: inDays(9) } },
    ])
    await carry(platform, operator, actionId(before.actions[0] ?? ''))
    for (const id of [...before.actions, ...after.actions].map(actionId)) {
      expect((await operator.get(`/v1/actions/${id}`)).body.state).toBe('proposed')
    }
    expect((await operator.send('DELETE', '/v1/stop')).body.stoppedAt).toBeNull()
  })
})

describe('mail', () => {
  const remind = async (desk: Desk, operator: Person) => {
    const invoice = await addInvoice(desk)
    const { actions } = await desk.propose([{ type: 'invoice.remind', parameters: { invoice } }])
    return { invoice, action: (await operator.get(`/v1/actions/${actionId(actions[0] ?? '')}`)).body }
  }

  test('without a mail server it lands in the outbox, and the record says that it was sent', async ({
    platform,
    operator,
    desk,
  }) => {
    const { action, invoice } = await remind(desk, operator)
    expect(action.text.to).toBe('jo@miller.example')
    const approved = (await decide(operator, action)).body
    expect(approved.effect.state).toBe('held')
    const [job] = await asAdmin<{ waits: boolean }[]>(
      platform,
      `select start_after > created_on + interval '29 seconds' as waits from pgboss.job
       where name = 'actions.carry-out' and data->>'action' = $1`,
      [decodeId('act', action.id)],
    )
    expect(job).toEqual({ waits: true })
    await carry(platform, operator, action.id)
    expect((await operator.get('/v1/outbox')).body.items).toMatchObject([
      { to: 'jo@miller.example', state: 'kept' },
    ])
    expect(
      (await operator.get(`/v1/businesses/${desk.business}/data/invoices/${invoice}`)).body.remindersSent,
    ).toBe(1)
    expect((await operator.post(`/v1/actions/${action.id}/undo`)).body.type).toMatch(/cannot-undo$/)
  })
})

test('a proposal whose time is over goes, is not decided on before that, and a new one does not come', async ({
  platform,
  operator,
  desk,
}) => {
  const id = await addBill(desk)
  const action = await proposed(desk, operator, id)
  await asAdmin(platform, 'update bizq.actions set expires_at = now() where id = $1', [
    decodeId('act', action.id),
  ])
  expect((await decide(operator, action)).body).toMatchObject({ status: 409, state: 'expired' })
  await expireActionsJob.handle(platform.deps, [{}])
  expect((await operator.get(`/v1/actions/${action.id}`)).body.state).toBe('expired')
  const { dropped } = await desk.propose([
    {
      parameters: { bill: id, dueAt: inDays(9) },
      expiresAt: new Date(Date.now() - 1_000).toISOString(),
    },
  ])
  expect(dropped).toMatchObject([{ code: 'expired' }])
})

test('a claim that does not fit the records raises the risk', async ({ operator, desk }) => {
  const { actions } = await desk.propose([
    {
      parameters: { bill: await addBill(desk), dueAt: inDays(9) },
      impact: { amount: 99_999, currency: 'GBP' },
    },
  ])
  expect((await operator.get(`/v1/actions/${actionId(actions[0] ?? '')}`)).body.risk).toBe('medium')
})

test('what cannot be done, is gone, or is above the declared maximum does not become an action', async ({
  desk,
}) => {
  const paid = await addBill(desk, { status: 'paid' })
  const open = await addBill(desk, { number: 'A-9' })
  const { dropped } = await desk.propose(
    [
      { parameters: { bill: paid, dueAt: inDays(9) } },
      { parameters: { bill: `bil_${'0'.repeat(26)}`, dueAt: inDays(9) } },
      { parameters: { bill: open, dueAt: inDays(9) } },
    ],
    { declaredMax: { 'bill.reschedule': { amount: 100, currency: 'GBP' } }, execution: randomUUID() },
  )
  expect(dropped.map((each) => each.code)).toEqual([
    'cannot-be-done',
    'record-gone',
    'above-declared-maximum',
  ])
})
