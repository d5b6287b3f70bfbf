import { decodeId, encodeId } from '@bizq/sdk/contract'
import { describe, expect } from 'vitest'
import { carry, decide, effectOf, proposed, read, trust, trusted } from '../../../test/deciding.ts'
import { asAdmin } from '../../../test/executions.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import { join, type Person } from '../../../test/people.ts'
import { actionId, addBill, addInvoice, inDays, openDesk, type Desk } from '../../../test/proposals.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { updateAction } from './store.ts'

const test = base.extend<{ desk: Desk }>({
  desk: async ({ platform, operator }, use) => use(await openDesk(platform, operator)),
})

const itemOf = ({ id, version }: { id: string; version: string }) => ({ action: id, version })
const gbp = (amount: number) => ({ amount, currency: 'GBP' })

function putRule(operator: Person, outcome: string, at = '0') {
  const body = { kind: 'rule', when: {}, outcome }
  return operator.send('PUT', `/v1/policies/pol_${at.repeat(26)}`, { name: outcome, isEnabled: true, body })
}

const changeBill = (operator: Person, desk: Desk, bill: string, values: object) =>
  operator.send('PATCH', `/v1/businesses/${desk.business}/data/bills/${bill}`, values)

describe('in bulk', () => {
  test('an action that is named twice is decided once', async ({ platform, operator, desk }) => {
    const action = await proposed(desk, operator)
    const { status, body } = await operator.post('/v1/decisions', {
      items: [itemOf(action), itemOf(action)],
      decision: 'approve',
      expectedTotal: [gbp(5_000)],
    })
    expect(status).toBe(200)
    expect(body.items).toMatchObject([
      { state: 'approved', problem: null },
      { state: 'approved', problem: { status: 409 } },
    ])
    expect(await effectOf(platform, operator, action.id)).toMatchObject({ state: 'pending' })
  })

  test('what the policies say now keeps an action out, whatever they said when it was proposed', async ({
    operator,
    desk,
  }) => {
    const action = await proposed(desk, operator)
    expect(action.mayBulk).toBe(true)
    await trust(operator, { bulkBelow: 10, automaticBelow: 5 })
    const { body } = await operator.post('/v1/decisions', {
      items: [itemOf(action)],
      decision: 'approve',
      expectedTotal: [gbp(5_000)],
    })
    expect(body.items).toMatchObject([{ state: 'proposed', problem: { status: 409 } }])
    expect((await decide(operator, action)).status).toBe(200)
  })
})

describe('when it is carried out', () => {
  test('what needs two people by then goes back to be decided by two', async ({
    platform,
    operator,
    desk,
  }) => {
    const action = await proposed(desk, operator)
    await decide(operator, action)
    await putRule(operator, 'ask-two')
    await carry(platform, operator, action.id)
    expect(await read(operator, action.id)).toMatchObject({ state: 'proposed', note: 'needs-second-person' })
    await decide(operator, action)
    const manager = await join(platform.app, operator, 'manager')
    await decide(manager, action)
    await carry(platform, operator, action.id)
    expect((await read(operator, action.id)).state).toBe('applied')
  })

  test('what a policy blocks by then goes back, and nothing is written', async ({
    platform,
    operator,
    desk,
  }) => {
    const bill = await addBill(desk)
    const action = await proposed(desk, operator, bill)
    await decide(operator, action)
    await putRule(operator, 'block')
    await carry(platform, operator, action.id)
    expect(await read(operator, action.id)).toMatchObject({ state: 'proposed', note: 'blocked-by-policy' })
    const path = `/v1/businesses/${desk.business}/data/bills/${bill}`
    expect((await operator.get(path)).body.dueAt).toBe(inDays(3))
    expect((await decide(operator, action)).status).toBe(409)
  })

  test('what goes back shows the stake of now, and is judged on it', async ({ platform, operator, desk }) => {
    const bill = await addBill(desk)
    const action = await proposed(desk, operator, bill)
    await decide(operator, action)
    await changeBill(operator, desk, bill, { amountDue: gbp(500_000) })
    await carry(platform, operator, action.id)
    expect(await read(operator, action.id)).toMatchObject({
      state: 'proposed',
      stake: gbp(500_000),
      mayBulk: false,
    })
  })

  test('what is automatic is asked once its service has lost its standing', async ({
    platform,
    operator,
    desk,
  }) => {
    await trusted(platform, operator, desk)
    const propose = async (number: string) => {
      const bill = await addBill(desk, { number, amountDue: gbp(1_000) })
      const { actions } = await desk.propose([{ parameters: { bill, dueAt: inDays(9) } }])
      return actionId(actions[0] ?? '')
    }
    const [first, second] = [await propose('B-1'), await propose('B-2')]
    await carry(platform, operator, first)
    expect((await operator.post(`/v1/actions/${first}/undo`)).body.state).toBe('undone')
    await carry(platform, operator, second)
    expect(await read(operator, second)).toMatchObject({ state: 'proposed', note: 'policy-asks-now' })
    expect((await read(operator, await propose('B-3'))).policy.explanation.join(' ')).toContain('50 %')
  })

  test('after more than a day it counts against the cap like any other', async ({
    platform,
    operator,
    desk,
  }) => {
    await trusted(platform, operator, desk)
    await trust(operator, { capCount: 1 })
    const propose = async (number: string) => {
      const bill = await addBill(desk, { number, amountDue: gbp(1_000) })
      const { actions } = await desk.propose([{ parameters: { bill, dueAt: inDays(9) } }])
      return actionId(actions[0] ?? '')
    }
    const old = await propose('C-1')
    await asAdmin(
      platform,
      `update bizq.actions set decided_at = now() - interval '25 hours' where id = $1`,
      [decodeId('act', old)],
    )
    expect((await read(operator, await propose('C-2'))).state).toBe('approved')
    await carry(platform, operator, old)
    expect(await read(operator, old)).toMatchObject({ state: 'proposed', note: 'policy-asks-now' })
  })
})

describe('proposals', () => {
  test('of several about the same thing in one output the last one counts, also where it is automatic', async ({
    platform,
    operator,
    desk,
  }) => {
    await trusted(platform, operator, desk)
    const bill = await addBill(desk, { number: 'D-1', amountDue: gbp(1_000) })
    const { actions, dropped } = await desk.propose([
      { parameters: { bill, dueAt: inDays(8) } },
      { parameters: { bill, dueAt: inDays(9) } },
    ])
    expect(actions).toHaveLength(1)
    expect(dropped).toMatchObject([{ index: 0, code: 'repeated' }])
    expect((await read(operator, actionId(actions[0] ?? ''))).parameters.dueAt).toBe(inDays(9))
  })

  test('what was rejected comes back when the granted fields differ from those at rejection, not before', async ({
    operator,
    desk,
  }) => {
    const bill = await addBill(desk)
    const granted = { bills: ['id', 'dueAt', 'amountDue', 'status', 'category'] }
    const propose = () => desk.propose([{ parameters: { bill, dueAt: inDays(9) } }], { granted })
    const { actions } = await propose()
    await changeBill(operator, desk, bill, { category: 'Rent' })
    const action = await read(operator, actionId(actions[0] ?? ''))
    await decide(operator, action, { decision: 'reject', reason: { code: 'not-wanted' } })
    expect((await propose()).dropped).toMatchObject([{ code: 'rejected-lately' }])
    await changeBill(operator, desk, bill, { category: 'Stationery' })
    expect((await propose()).actions).toHaveLength(1)
  })

  test('what a policy blocked is not blocked anew by every execution', async ({ operator, desk }) => {
    await putRule(operator, 'block')
    const bill = await addBill(desk)
    const propose = () => desk.propose([{ parameters: { bill, dueAt: inDays(9) } }])
    expect((await propose()).actions).toHaveLength(1)
    expect((await propose()).dropped).toMatchObject([{ code: 'unchanged' }])
    await operator.send('DELETE', `/v1/policies/pol_${'0'.repeat(26)}`)
    const [again] = (await propose()).actions
    expect((await read(operator, actionId(again ?? ''))).state).toBe('proposed')
  })
})

interface Told {
  id: string
  outcome: string
  reason_code: string | null
  reason_text: string | null
}

describe('the provider', () => {
  const told = (platform: Platform, desk: Desk) =>
    asAdmin<Told[]>(
      platform,
      'select id, outcome, reason_code, reason_text from bizq.provider_outcomes where service_id = $1',
      [desk.source.service.id],
    )

  test('is told the same of what was asked and of what was applied, once it is carried out, at no moment', async ({
    platform,
    operator,
    desk,
  }) => {
    await trust(operator)
    const asked = await proposed(desk, operator)
    await decide(operator, asked)
    expect(await told(platform, desk)).toEqual([])
    await carry(platform, operator, asked.id)
    const bill = await addBill(desk, { number: 'E-1', amountDue: gbp(1_000) })
    const { actions } = await desk.propose([{ parameters: { bill, dueAt: inDays(9) } }])
    expect(await told(platform, desk)).toHaveLength(1)
    await carry(platform, operator, actionId(actions[0] ?? ''))
    const rows = await told(platform, desk)
    expect(rows.map(({ id: _id, ...row }) => row)).toEqual([
      { outcome: 'accepted', reason_code: null, reason_text: null },
      { outcome: 'accepted', reason_code: null, reason_text: null },
    ])
    for (const { id } of rows) expect(id.charAt(14)).toBe('4')
  })

  test('reads the words of a rejection without anybody’s name, number or address', async ({
    platform,
    operator,
    desk,
  }) => {
    await addInvoice(desk)
    const action = await proposed(desk, operator)
    const text =
      'Jo Miller (jo@miller.example) settles it with Acme Supplies Ltd on +44 20 7946 0958 on Friday'
    const reason = { code: 'relationship', text }
    const rejected = await decide(operator, action, { decision: 'reject', reason })
    expect(rejected.body.decision.reason).toEqual(reason)
    const [row] = await told(platform, desk)
    expect(row).toMatchObject({ outcome: 'rejected', reason_code: 'relationship' })
    expect(row?.reason_text).toContain('Friday')
    expect(row?.reason_text).not.toMatch(/Miller|Acme|miller\.example|7946|0958/)
  })
})

test('what the outside system says now confirms a carry-over item, or drops it with the effect', async ({
  platform,
  operator,
  desk,
}) => {
  const carried = async (number: string) => {
    const bill = await addBill(desk, { number })
    const action = await proposed(desk, operator, bill)
    await decide(operator, action)
    await carry(platform, operator, action.id)
    const effect = encodeId('eff', (await effectOf(platform, operator, action.id))?.id ?? '')
    return { business: desk.business, dataset: 'bills' as const, record: bill, field: 'dueAt', effect }
  }
  const [followed, other] = [await carried('F-1'), await carried('F-2')]
  const actor = systemActor(decodeId('org', operator.organisation))
  await withUnitOfWork(platform.deps, actor, async (unit) => {
    unit.emit('override.confirmed', followed)
    unit.emit('override.superseded', other)
  })
  const { items } = (await operator.get('/v1/carry-over')).body
  expect(items.map(({ state }: { state: string }) => state).sort()).toEqual(['confirmed', 'dropped'])
})

test('no action moves between states that the contract does not join', async ({
  platform,
  operator,
  desk,
}) => {
  const action = await proposed(desk, operator)
  const actor = systemActor(decodeId('org', operator.organisation))
  const move = (state: 'undone' | 'withdrawn') =>
    withUnitOfWork(platform.deps, actor, ({ tx }) => updateAction(tx, decodeId('act', action.id), { state }))
  await expect(move('undone')).rejects.toThrow()
  await move('withdrawn')
  expect((await read(operator, action.id)).state).toBe('withdrawn')
})
