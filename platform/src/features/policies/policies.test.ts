import { randomUUID } from 'node:crypto'
import { decodeId, encodeId } from '@bizq/sdk/contract'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { join } from '../../../test/people.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { tableUnits } from './currency-table.ts'
import { evaluate, strictness } from './evaluate.ts'
import { judge } from './index.ts'
import { BaseSettings, outcomes, type Facts, type Policy } from './schemas.ts'

const id = encodeId('pol', randomUUID())
const base: Policy = {
  id,
  name: 'Base',
  isEnabled: true,
  body: { kind: 'base', settings: BaseSettings.parse({}) },
  updatedAt: null,
}
const rule = (when: object, outcome: (typeof outcomes)[number]): Policy => ({
  id: encodeId('pol', randomUUID()),
  name: 'Rule',
  isEnabled: true,
  body: { kind: 'rule', when, outcome },
  updatedAt: null,
})

/** A proposal that nothing speaks against. */
const easy: Facts = {
  type: 'bill.reschedule',
  service: 'svc_x',
  business: 'bus_x',
  counterparties: [],
  risk: 'low',
  reachesThirdParty: false,
  movesMoneyOut: false,
  stake: { amount: 5_000, currency: 'GBP' },
  confidence: 0.99,
  isClaimDisputed: false,
  hour: 10,
  decided: 20,
  acceptance: 1,
  lastDay: { amount: 0, count: 0 },
}
const outcomeOf = (change: Partial<Facts>, policies = [base]) =>
  evaluate(policies, { ...easy, ...change }).outcome
const gbp = (amount: number) => ({ amount: amount * 100, currency: 'GBP' })

describe('the base policy', () => {
  test('applies what is small, sure, of low risk and well accepted', () => {
    expect(outcomeOf({})).toBe('apply')
    expect(outcomeOf({ confidence: 0.95 })).toBe('apply-and-tell')
    expect(outcomeOf({ confidence: 0.8 })).toBe('apply-and-tell')
    expect(outcomeOf({ confidence: 0.79 })).toBe('ask')
  })

  test('asks for everything until twenty actions were decided', () => {
    expect(outcomeOf({ decided: 19 })).toBe('ask')
  })

  test('asks from 100 on, and from 1,000 on never in bulk', () => {
    expect(outcomeOf({ stake: gbp(99.99) })).toBe('apply')
    expect(outcomeOf({ stake: gbp(100) })).toBe('ask')
    expect(evaluate([base], { ...easy, stake: gbp(999) }).mayBulk).toBe(true)
    expect(evaluate([base], { ...easy, stake: gbp(1_000) }).mayBulk).toBe(false)
    expect(evaluate([base], { ...easy, stake: null })).toMatchObject({ outcome: 'ask', mayBulk: false })
  })

  test('asks for what reaches a third party, moves money out, is risky, disputed or badly accepted', () => {
    for (const change of [
      { reachesThirdParty: true },
      { movesMoneyOut: true },
      { risk: 'medium' as const },
      { isClaimDisputed: true },
      { acceptance: 0.94 },
      { acceptance: null },
    ]) {
      expect(outcomeOf(change)).toBe('ask')
    }
  })

  test('counts in the currency’s own table', () => {
    expect(tableUnits({ amount: 9_900, currency: 'JPY' })).toBe(99)
    expect(outcomeOf({ stake: { amount: 9_999, currency: 'JPY' } })).toBe('apply')
    expect(outcomeOf({ stake: { amount: 10_000, currency: 'JPY' } })).toBe('ask')
  })

  test('a provider that claims to be certain and splits amounts stays under the caps', () => {
    const lastDay = { amount: 0, count: 0 }
    let automatic = 0
    for (let i = 0; i < 100; i++) {
      const stake = gbp(i % 2 ? 1 : 60)
      if (evaluate([base], { ...easy, confidence: 1, stake, lastDay: { ...lastDay } }).outcome !== 'apply')
        continue
      lastDay.amount += tableUnits(stake)
      lastDay.count++
      automatic += tableUnits(stake)
    }
    expect(automatic).toBeLessThanOrEqual(200)
    expect(lastDay.count).toBeLessThanOrEqual(20)
  })
})

test('of all rules the strictest wins, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...outcomes), { minLength: 1 }), (given) => {
      const { outcome } = evaluate([base, ...given.map((each) => rule({}, each))], easy)
      expect(strictness(outcome)).toBe(Math.max(0, ...given.map(strictness)))
    }),
  )
})

test('a rule speaks only where all of its conditions hold', () => {
  const night = rule(
    { hours: { from: 22, to: 5 }, actions: ['bill.reschedule'], amount: { atLeast: 10 } },
    'block',
  )
  expect(outcomeOf({ hour: 23 }, [base, night])).toBe('block')
  expect(outcomeOf({ hour: 5 }, [base, night])).toBe('block')
  expect(outcomeOf({ hour: 6 }, [base, night])).toBe('apply')
  expect(outcomeOf({ hour: 23, type: 'task.create' }, [base, night])).toBe('apply')
  expect(outcomeOf({ hour: 23, stake: gbp(9) }, [base, night])).toBe('apply')
  expect(outcomeOf({ hour: 23 }, [base, { ...night, isEnabled: false }])).toBe('apply')
})

test('every outcome is explained by each rule that spoke', () => {
  const { reasons } = evaluate([base], { ...easy, decided: 3, stake: gbp(5_000) })
  expect(reasons.map((reason) => reason.code)).toEqual(
    expect.arrayContaining(['learning', 'stake-above-bulk', 'confidence-high']),
  )
  expect(reasons.find((reason) => reason.code === 'learning')?.detail).toContain('3 of the first 20')
})

test('a policy is tried on past actions before it is switched on, and the trial changes nothing', async ({
  platform,
  operator,
  stranger,
}) => {
  const actor = systemActor(decodeId('org', operator.organisation))
  await withUnitOfWork(platform.deps, actor, (unit) => judge(unit, randomUUID(), easy))
  const policy = encodeId('pol', randomUUID())
  const change = {
    name: 'No bills',
    isEnabled: true,
    body: { kind: 'rule', when: { actions: ['bill.reschedule'] }, outcome: 'block' },
  }
  const trial = await operator.post(`/v1/policies/${policy}/try`, change)
  expect(trial.body).toMatchObject({ tried: 1, changed: 1, outcomes: { block: 1 } })
  expect((await operator.get('/v1/policies')).body.items).toHaveLength(1)
  expect((await stranger.post(`/v1/policies/${policy}/try`, change)).body.tried).toBe(0)

  expect((await operator.send('PUT', `/v1/policies/${policy}`, change)).status).toBe(200)
  expect(await withUnitOfWork(platform.deps, actor, (unit) => judge(unit, randomUUID(), easy))).toMatchObject(
    { outcome: 'block' },
  )
  expect((await stranger.get('/v1/policies')).body.items).toHaveLength(1)
})

test('only an owner changes policies, and the base policy cannot be switched off', async ({
  platform,
  operator,
}) => {
  const [base] = (await operator.get('/v1/policies')).body.items
  const manager = await join(platform.app, operator, 'manager')
  expect(
    (await manager.send('PUT', `/v1/policies/${base.id}`, { name: 'Base', isEnabled: true, body: base.body }))
      .status,
  ).toBe(403)
  expect(
    (
      await operator.send('PUT', `/v1/policies/${base.id}`, {
        name: 'Base',
        isEnabled: false,
        body: base.body,
      })
    ).status,
  ).toBe(422)
  const changed = await operator.send('PUT', `/v1/policies/${base.id}`, {
    name: 'Base',
    isEnabled: true,
    body: { kind: 'base', settings: { ...base.body.settings, automaticBelow: 50 } },
  })
  expect(changed.body.body.settings.automaticBelow).toBe(50)
})
