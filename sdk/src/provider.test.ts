import { readFileSync } from 'node:fs'
import { expect, expectTypeOf, test } from 'vitest'
import { defineProvider, usd, z, type Money } from './index.ts'

// The example of the provider contract, word for word.
const example = defineProvider({
  service: 'receivables-accelerator',
  version: '1.0.0',
  name: 'Receivables Accelerator',
  category: 'financial/cash-flow',
  summary: 'Chases late invoices politely, in the order that brings cash in soonest.',
  pricing: { monthly: usd(8) },
  capabilities: ['receivables_acceleration'],
  data: {
    invoices: {
      fields: ['id', 'customer', 'dueAt', 'amountDue', 'status'],
      history: '180d',
      purpose: 'To find the invoices that are late and what each is worth.',
    },
  },
  money: 'scaled', // ratios are enough
  actions: ['invoice.remind'],
  schedule: 'daily',
  settings: z.object({ graceDays: z.int().min(0).max(60).default(5) }),

  execute({ data, settings, today, propose }) {
    const latest = today.subtract({ days: settings.graceDays })
    for (const invoice of data.invoices) {
      if (invoice.status !== 'open' || Temporal.PlainDate.compare(invoice.dueAt, latest) > 0) continue
      propose(
        'invoice.remind',
        { invoice: invoice.id },
        {
          impact: invoice.amountDue,
          confidence: 0.97,
          because: [invoice],
        },
      )
    }
    return { metrics: { invoices: data.invoices.length } }
  },
})

const who = {
  service: 'x',
  version: '1.0.0',
  name: 'An example',
  category: 'financial/cash-flow',
  summary: 'An example of what the types hold a provider to.',
  pricing: { monthly: usd(1) },
  capabilities: ['runway_protection'],
  money: 'scaled',
  schedule: 'daily',
} as const

test('the contract’s example is a provider', () => {
  expect(example.service).toBe('receivables-accelerator')
})

test('a field, a dataset or an action that was not asked for does not compile', () => {
  defineProvider({
    ...who,
    data: {
      bills: { fields: ['id', 'dueAt', 'amountDue'], history: '90d', purpose: 'To know what falls due.' },
      suppliers: { fields: ['id', 'name'], purpose: 'To know whom we buy from.' },
    },
    actions: ['bill.reschedule', { type: 'refund.issue', max: usd(50) }],
    settings: z.object({ days: z.int().default(7) }),
    state: z.object({ seen: z.number() }),
    async execute({ data, pages, settings, state, propose, today, now, random }) {
      const bill = data.bills[0]
      for await (const page of pages('bills')) expectTypeOf(page).toEqualTypeOf(data.bills)
      // @ts-expect-error invoices were not asked for
      void pages('invoices')
      expectTypeOf(settings).toEqualTypeOf<{ days: number }>()
      expectTypeOf(state).toEqualTypeOf<{ seen: number } | null>()
      expectTypeOf(today).toEqualTypeOf<Temporal.PlainDate>()
      expectTypeOf(now).toEqualTypeOf<Temporal.ZonedDateTime>()
      expectTypeOf(random()).toEqualTypeOf<number>()
      if (!bill) return
      expectTypeOf(bill.amountDue).toEqualTypeOf<Money>()
      expectTypeOf(data.suppliers[0]?.name).toEqualTypeOf<string | null | undefined>()
      // @ts-expect-error status is not among the fields
      void bill.status
      // @ts-expect-error invoices were not asked for
      void data.invoices
      const details = { confidence: 0.5, because: [bill] }
      propose('bill.reschedule', { bill: bill.id, dueAt: today.toString() }, details)
      // @ts-expect-error dueAt is missing
      propose('bill.reschedule', { bill: bill.id }, details)
      // @ts-expect-error invoice.remind is not declared
      propose('invoice.remind', { invoice: bill.id }, details)
      // @ts-expect-error confidence is missing
      propose('bill.reschedule', { bill: bill.id, dueAt: '2026-12-01' }, { because: [bill] })
      propose('refund.issue', { order: bill.id, amount: bill.amountDue, reason: 'late' }, details)
      return { state: { seen: 1 } }
    },
  })
})

test('without a schema there are no settings and no state to read', () => {
  defineProvider({
    ...who,
    data: { accounts: { fields: ['id', 'kind'], purpose: 'To know the accounts.', optional: true } },
    money: { exact: 'Fees are counted to the penny.' },
    actions: [],
    execute({ data, settings, state, propose }) {
      expectTypeOf(data.accounts[0]?.kind).toEqualTypeOf<
        'bank' | 'card' | 'cash' | 'savings' | 'loan' | 'other' | undefined
      >()
      expectTypeOf(settings).toEqualTypeOf<Record<string, never>>()
      expectTypeOf(state).toEqualTypeOf<Record<string, never> | null>()
      // @ts-expect-error no action was declared
      propose('task.create', { title: 'Call the bank' }, { confidence: 1, because: [] })
    },
  })
})

test('what cannot be asked for does not compile', () => {
  const execute = () => {}
  defineProvider({
    ...who,
    execute,
    actions: [],
    // @ts-expect-error the source’s own number never leaves
    data: { bills: { fields: ['id', 'number'], history: '9d', purpose: 'To know the number of a bill.' } },
  })
  // @ts-expect-error an action that moves money out says its highest stake
  defineProvider({ ...who, execute, data: {}, actions: ['stock.reorder'] })
  // @ts-expect-error there is no such capability
  defineProvider({ ...who, execute, data: {}, actions: [], capabilities: ['mind_reading'] })
  defineProvider({
    ...who,
    data: {},
    actions: [],
    state: z.object({ seen: z.number() }),
    // @ts-expect-error the state is not what was declared
    execute: () => ({ state: { seen: 'yes' } }),
  })
})

test('the README shows the contract’s example', () => {
  const plain = (text: string) => text.replaceAll(/[\s,]+/g, '')
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const own = readFileSync(new URL(import.meta.url), 'utf8')
  const shown = /export default (defineProvider\([\s\S]*?\n\}\))\n```/.exec(readme)?.[1] ?? 'nothing'
  expect(plain(own)).toContain(plain(shown))
})
