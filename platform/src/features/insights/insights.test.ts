import { decodeId } from '@bizq/sdk/contract'
import { sql } from 'kysely'
import { describe, expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { createBusiness } from '../../../test/people.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { healthOf, insightOf, monthsUntil, runwayOf } from './figures.ts'

const empty = { receivable: [], payable: [] }

describe('figures', () => {
  test('months end with the month of today, across a year', () => {
    expect(monthsUntil('2026-02-15', 4)).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
  })

  test('runway is cash over the mean weekly loss, and none when cash grows', () => {
    const weeks = (net: number) => Array.from({ length: 13 }, (_, i) => ({ week: `w${i}`, net }))
    expect(runwayOf(10_000, weeks(-500))).toBe(20)
    expect(runwayOf(10_000, weeks(500))).toBeNull()
    expect(runwayOf(null, weeks(-500))).toBeNull()
    expect(runwayOf(-100, weeks(-500))).toBe(0)
  })

  test('health stays within 1 and 100 and is unknown when nothing is known', () => {
    expect(healthOf({ margin: -5, growth: -5, runwayWeeks: 0, cash: 0, ageing: empty })).toBe(1)
    expect(healthOf({ margin: 5, growth: 5, runwayWeeks: null, cash: 1, ageing: empty })).toBe(100)
    expect(healthOf({ margin: null, growth: null, runwayWeeks: null, cash: null, ageing: empty })).toBeNull()
  })

  test('a business without a cost on record has no margin', () => {
    const months = [{ month: '2026-10', kind: 'income' as const, category: 'Sales', amount: 1_000 }]
    const facts = {
      currency: 'GBP',
      basis: 'accrual' as const,
      today: '2026-11-21',
      cash: null,
      ageing: [],
      weeks: [],
      months,
    }
    expect(insightOf(facts)).toMatchObject({ revenue: 1_000, margin: null, health: null })
  })

  test('the current month does not count as a full one', () => {
    const insight = insightOf({
      currency: 'GBP',
      basis: 'cash',
      today: '2026-11-21',
      cash: null,
      ageing: [],
      weeks: [],
      months: [
        { month: '2026-10', kind: 'income', category: 'Sales', amount: 1_000 },
        { month: '2026-10', kind: 'cost', category: 'Rent', amount: 400 },
        { month: '2026-11', kind: 'income', category: 'Sales', amount: 9_999 },
      ],
    })
    expect(insight.revenue).toBe(1_000)
    expect(insight.margin).toBeCloseTo(0.6)
    expect(insight.months.at(-1)).toEqual({ month: '2026-11', income: 9_999, cost: 0, profit: 9_999 })
  })
})

test('a business shows its profit and loss, ageing and cash, and a stranger sees none of it', async ({
  platform,
  operator,
  stranger,
}) => {
  const id = await createBusiness(operator)
  const business = decodeId('bus', id)
  const organisation = decodeId('org', operator.organisation)
  const day = Temporal.Now.plainDateISO('Europe/London')
  await withUnitOfWork(platform.deps, systemActor(organisation), async ({ tx }) => {
    const lastMonth = day.subtract({ months: 1 }).toString()
    await sql`insert into data.invoices (organisation_id, business_id, issued_at, due_at, amount, tax_amount, amount_due, status, currency, source, source_key)
      values (${organisation}, ${business}, ${lastMonth}, ${day.subtract({ days: 40 }).toString()}, 12000, 2000, 12000, 'open', 'GBP', 'test', '1')`.execute(
      tx,
    )
    await sql`insert into data.bills (organisation_id, business_id, issued_at, due_at, amount, amount_due, status, currency, category, source, source_key)
      values (${organisation}, ${business}, ${lastMonth}, ${day.add({ days: 3 }).toString()}, 4000, 4000, 'open', 'GBP', 'Rent', 'test', '1')`.execute(
      tx,
    )
    await sql`insert into data.accounts (organisation_id, business_id, name, kind, currency, balance, balance_at, source, source_key)
      values (${organisation}, ${business}, 'Current', 'bank', 'GBP', 50000, ${lastMonth}, 'test', '1')`.execute(
      tx,
    )
  })
  const { status, body } = await operator.get(`/v1/businesses/${id}/insight`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ basis: 'accrual', revenue: 10_000, cash: 50_000, margin: 0.6 })
  expect(body.lines).toContainEqual(expect.objectContaining({ kind: 'cost', category: 'Rent', total: 4_000 }))
  expect(body.ageing.receivable).toContainEqual({ bucket: '31-60', amount: 12_000, count: 1 })
  expect(body.ageing.payable).toContainEqual({ bucket: 'current', amount: 4_000, count: 1 })
  expect((await operator.get('/v1/portfolio')).body.items).toHaveLength(1)
  expect((await stranger.get(`/v1/businesses/${id}/insight`)).status).toBe(404)
  expect((await stranger.get('/v1/portfolio')).body.items).toEqual([])
})
