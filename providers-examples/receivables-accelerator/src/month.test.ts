import type { ReportHistory } from '@bizq/sdk'
import { runReport } from '@bizq/sdk/testing'
import { expect, test } from 'vitest'
import provider from './index.ts'

type Action = ReportHistory['actions'][number]
const gbp = (amount: number) => ({ amount, currency: 'GBP' })
const action = (change: Partial<Action>): Action => ({
  type: 'invoice.remind',
  proposedAt: '2026-10-05T09:30:00.000Z',
  decision: 'approved',
  reason: null,
  confidence: 0.9,
  impact: gbp(9_000),
  stake: null,
  measured: null,
  isUndone: false,
  ...change,
})
const report = (actions: Action[], executions: ReportHistory['executions'] = []) =>
  runReport(provider, {
    period: { from: '2026-10-01', to: '2026-10-31' },
    history: { executions, actions },
    settings: { graceDays: 5, daysBetweenReminders: 10, remindersAtMost: 3, remindersForOneCustomer: 3 },
  })

test('a month tells what was accepted, what came in, and what to look at', async () => {
  const told = await report(
    [
      action({ measured: gbp(9_000) }),
      action({ decision: 'edited', measured: gbp(500) }),
      action({}),
      action({ decision: 'rejected', reason: 'bad-timing' }),
      action({ decision: 'undecided' }),
    ],
    [{ at: '2026-10-30T09:30:00.000Z', outcome: 'succeeded', metrics: { lateInvoices: 4 } }],
  )
  expect(told.kpis).toEqual([
    { name: 'Reminders proposed', value: 5 },
    { name: 'Reminders accepted', value: 3 },
    { name: 'Invoices paid within 30 days of a reminder', value: 2 },
    { name: 'Paid within 30 days of a reminder (GBP)', value: gbp(9_500) },
    { name: 'Late invoices at the end', value: 4 },
  ])
  expect(told.improvements).toEqual(['Of 3 invoices that a reminder went out for, 2 came in within 30 days.'])
  expect(told.savings).toEqual([])
  expect(told.nextActions).toEqual([
    'Decide on 1 reminder that still waits.',
    '1 reminder came at a bad time: raise the days late before the first one.',
  ])
})

test('a month without history has nothing to tell', async () => {
  const told = await report([])
  expect(told.kpis.map(({ value }) => value)).toEqual([0, 0, 0])
  expect([told.improvements, told.savings, told.nextActions]).toEqual([[], [], []])
})
