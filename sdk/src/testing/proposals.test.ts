import { expect, expectTypeOf, test } from 'vitest'
import { defineProvider, usd } from '../index.ts'
import { expectNoProposal, expectProposal, proposalsOf, rowBuilders, runProvider } from './index.ts'

const build = rowBuilders()
const mover = defineProvider({
  service: 'bill-mover',
  version: '1.0.0',
  name: 'Bill Mover',
  category: 'financial/cash-flow',
  summary: 'Moves every bill by a week, for the sake of the example.',
  pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: { bills: { fields: ['id', 'dueAt'], history: '90d', purpose: 'To know what falls due.' } },
  money: 'scaled',
  actions: ['bill.reschedule'],
  schedule: 'daily',
  execute({ data, today, propose }) {
    for (const bill of data.bills) {
      const dueAt = today.add({ days: 7 }).toString()
      propose('bill.reschedule', { bill: bill.id, dueAt }, { confidence: 0.9, because: [bill] })
    }
  },
})

test('a test finds the proposal that it expects, with its parameters typed', async () => {
  const [one, other] = [build.bills(), build.bills()]
  const output = await runProvider(mover, { data: { bills: [one, other] } })
  const found = expectProposal(output, 'bill.reschedule', { bill: other.id })
  expect(found.because).toEqual([{ dataset: 'bills', id: other.id }])
  expectTypeOf(found.parameters.dueAt).toEqualTypeOf<string>()
  expect(proposalsOf(output, 'bill.reschedule')).toHaveLength(2)
  expectNoProposal(output, 'refund.issue')
})

test('an expectation that is not met lists what was proposed', async () => {
  const output = await runProvider(mover, { data: { bills: [build.bills()] } })
  expect(() => expectProposal(output, 'bill.reschedule', { dueAt: '2026-12-09' })).toThrow('2026-12-08')
  expect(() => expectNoProposal(output)).toThrow('bill.reschedule')
  expect(() => expectProposal(output, 'invoice.remind')).toThrow('found 0')
  const two = await runProvider(mover, { data: { bills: [build.bills(), build.bills()] } })
  expect(() => expectProposal(two, 'bill.reschedule')).toThrow('found 2')
})
