import { expect, test } from 'vitest'
import { CannotServe, defineProvider, usd, z } from '../index.ts'
import { InvalidOutput, manifestOf, ManifestError, rowBuilders, runProvider } from './index.ts'

const base = {
  service: 'bill-mover',
  version: '1.0.0',
  name: 'Bill Mover',
  category: 'financial/cash-flow',
  summary: 'Moves every bill by a week, for the sake of the example.',
  pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: {
    bills: { fields: ['id', 'dueAt', 'amountDue'], history: '90d', purpose: 'To know what falls due.' },
  },
  money: 'scaled',
  actions: ['bill.reschedule'],
  schedule: 'daily',
} as const

const mover = defineProvider({
  ...base,
  settings: z.object({ days: z.int().min(1).default(7) }),
  state: z.object({ runs: z.int() }),
  execute({ data, settings, state, today, random, propose, recommend }) {
    for (const bill of data.bills) {
      const dueAt = today.add({ days: settings.days }).toString()
      propose(
        'bill.reschedule',
        { bill: bill.id, dueAt },
        { confidence: 0.9, because: [bill], expires: today },
      )
    }
    recommend('Pay small bills at once.', { because: [] })
    return { metrics: { dice: random() }, state: { runs: (state?.runs ?? 0) + 1 } }
  },
})
const build = rowBuilders()

test('a provider runs on rows with a fixed day, the operator’s settings and its own state', async () => {
  const bill = build.bills({ dueAt: '2026-12-03' })
  const output = await runProvider(mover, {
    data: { bills: [bill] },
    settings: { days: 3 },
    state: { runs: 4 },
  })
  expect(output.proposals).toEqual([
    {
      type: 'bill.reschedule',
      parameters: { bill: bill.id, dueAt: '2026-12-04' },
      confidence: 0.9,
      because: [{ dataset: 'bills', id: bill.id }],
      expires: '2026-12-01',
    },
  ])
  expect(output.state).toEqual({ runs: 5 })
})

test('the same seed gives the same dice, another seed others', async () => {
  const dice = async (seed: number) => (await runProvider(mover, { seed })).metrics['dice']
  expect(await dice(5)).toBe(await dice(5))
  expect(await dice(5)).not.toBe(await dice(6))
})

test('a provider never sees a field that it did not ask for', async () => {
  const seen: string[] = []
  const looker = defineProvider({
    ...base,
    execute: ({ data }) => void seen.push(...Object.keys(data.bills[0] ?? {})),
  })
  await runProvider(looker, { data: { bills: [build.bills({ category: 'rent' })] } })
  expect(seen.sort()).toEqual(['amountDue', 'dueAt', 'id'])
})

test('pages are the one page that the data is, as in the sandbox', async () => {
  const pages: number[] = []
  const pager = defineProvider({
    ...base,
    async execute({ pages: read }) {
      for await (const page of read('bills')) pages.push(page.length)
    },
  })
  await runProvider(pager, { data: { bills: [build.bills(), build.bills()] } })
  await runProvider(pager)
  expect(pages).toEqual([2, 0])
})

test('a dataset that the operator did not grant is an empty array', async () => {
  let rows: unknown
  const looker = defineProvider({ ...base, execute: ({ data }) => void (rows = data.bills) })
  await runProvider(looker)
  expect(rows).toEqual([])
})

test('an output that the platform would refuse is refused here, with the place', async () => {
  const stranger = build.bills().id
  const [bill] = [build.bills()]
  const wrong = defineProvider({
    ...base,
    execute({ propose }) {
      propose('bill.reschedule', { bill: stranger, dueAt: '2026-12-10' }, { confidence: 0.9, because: [] })
      propose('bill.reschedule', { bill: bill.id, dueAt: '10 December' }, { confidence: 0.9, because: [] })
    },
  })
  const refused = await runProvider(wrong, { data: { bills: [bill] } }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(InvalidOutput)
  expect((refused as InvalidOutput).problems.map((p) => p.pointer)).toEqual([
    '/proposals/0/parameters/bill',
    '/proposals/1/parameters/dueAt',
  ])
})

test('misuse of propose says what is wrong', async () => {
  const propose = (details: object, type = 'bill.reschedule') =>
    runProvider(
      defineProvider({
        ...base,
        execute: ({ propose }) => propose(type as 'bill.reschedule', {} as never, details as never),
      }),
    )
  await expect(propose({ confidence: 2, because: [] })).rejects.toThrow('confidence must be between 0 and 1')
  await expect(propose({ confidence: 1 })).rejects.toThrow('because must be an array')
  await expect(propose({ confidence: 1, because: [{ id: 'inv_1' }] })).rejects.toThrow('inv_1')
  await expect(
    propose({ confidence: 1, because: Array.from({ length: 21 }, () => ({ id: 'x' })) }),
  ).rejects.toThrow('at most 20')
  await expect(propose({ confidence: 1, because: [], impact: 5 })).rejects.toThrow('minor units')
  await expect(propose({ confidence: 1, because: [] }, 'refund.issue')).rejects.toThrow('does not declare')
})

test('what a provider throws reaches the test', async () => {
  const unable = defineProvider({
    ...base,
    execute() {
      throw new CannotServe('there are no bills')
    },
  })
  await expect(runProvider(unable)).rejects.toMatchObject({
    name: 'CannotServe',
    reason: 'there are no bills',
  })
})

test('a manifest carries settings and state as JSON Schema with defaults', () => {
  const manifest = manifestOf(mover)
  expect(manifest.settings).toMatchObject({
    type: 'object',
    properties: { days: { default: 7, minimum: 1 } },
  })
  expect(manifest.state).toMatchObject({ type: 'object', required: ['runs'] })
  expect(manifest.actions).toEqual([{ type: 'bill.reschedule' }])
})

test('a definition that is not right says where and how to mend it', () => {
  const wrong = defineProvider({
    ...base,
    summary: 'Short.',
    data: { suppliers: { fields: ['id', 'email'], history: '9d', purpose: 'To write to the suppliers.' } },
    capabilities: ['cash_flow_forecast', 'ticket_triage'],
    execute() {},
  })
  let problems: { pointer: string; detail: string }[] = []
  try {
    manifestOf(wrong)
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError)
    problems = (error as ManifestError).problems
  }
  expect(problems.map((p) => p.pointer)).toEqual([
    '/summary',
    '/capabilities/1',
    '/data/suppliers/fields',
    '/data/suppliers/history',
  ])
  expect(problems[2]?.detail).toContain('handlesPersonalData')
})
