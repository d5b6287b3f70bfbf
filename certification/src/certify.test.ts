import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { certify, checks } from './index.ts'
import { formsOf } from './checks/privacy.ts'

let sandbox: Sandbox
beforeAll(() => {
  sandbox = createSandbox({ maxProcesses: 2 })
})
afterAll(() => sandbox.close())

const manifest = {
  contract: 1,
  service: 'bill-mover',
  version: '1.0.0',
  name: 'Bill Mover',
  category: 'financial/cash-flow',
  summary: 'Moves every bill by a week, for the sake of the example.',
  pricing: { monthly: { amount: 100, currency: 'USD' } },
  capabilities: ['payables_scheduling'],
  data: {
    bills: {
      fields: ['id', 'dueAt', 'amountDue', 'status', 'notes'],
      history: '90d',
      purpose: 'To know what falls due.',
    },
  },
  money: 'scaled',
  actions: [{ type: 'bill.reschedule' }],
  schedule: 'daily',
  settings: { type: 'object', properties: { days: { type: 'integer', default: 7 } } },
  runtime: { kind: 'sandbox' },
  report: false,
}

/** A bundle as `bizq build` makes it, whose execute is `body` and ends with an output. */
const bundleOf = (body: string, said: object = manifest) => {
  const { settings: _, ...described } = said as typeof manifest
  return `export function run(call, text) {
    if (call === 'describe') return ${JSON.stringify(sorted(described))}
    const { data, settings, state } = JSON.parse(text)
    const output = { proposals: [], recommendations: [], metrics: {}, state: null }
    ${body}
    return JSON.stringify(output)
  }`
}
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )
const moves = `for (const bill of data.bills) if (bill.status === 'open') output.proposals.push({
  type: 'bill.reschedule', parameters: { bill: bill.id, dueAt: '2026-12-01' }, confidence: 0.9, because: [{ dataset: 'bills', id: bill.id }] })`

async function failuresOf(body: string, changed: object = {}, said?: object): Promise<string[]> {
  const subject = { ...manifest, ...changed }
  const report = await certify({ manifest: subject, bundle: bundleOf(body, said ?? subject), sandbox })
  return report.results.filter((r) => r.outcome === 'failed').map((r) => r.id)
}

test('a good release passes every check', async () => {
  const report = await certify({ manifest, bundle: bundleOf(moves), sandbox })
  expect(report).toMatchObject({ verdict: 'passed', service: 'bill-mover', version: '1.0.0' })
  expect(report.results.map((r) => [r.id, r.outcome])).toEqual(
    ['manifest.schema', ...checks.map((c) => c.id)].map((id) => [id, 'passed']),
  )
})

test('a manifest that is none fails before anything runs, with the place', async () => {
  const report = await certify({ manifest: { ...manifest, version: 'one' }, bundle: 'throw 1', sandbox })
  expect(report).toMatchObject({
    verdict: 'failed',
    digest: null,
    results: [{ id: 'manifest.schema', findings: [{ pointer: '/version' }] }],
  })
})

test('a bundle that says otherwise than its manifest is found', async () => {
  expect(
    await failuresOf(moves, { actions: [{ type: 'bill.reschedule' }, { type: 'task.create' }] }, manifest),
  ).toEqual(['manifest.same-build'])
})

test('an output outside the contract is found', async () => {
  expect(await failuresOf(`${moves}; output.metrics = { bills: 'many' }`)).toEqual(['contract.output-schema'])
  const refund = `output.proposals.push({ type: 'refund.issue', parameters: {}, confidence: 1, because: [] })`
  expect(await failuresOf(refund)).toEqual(['contract.output-schema'])
})

test('a record that was not in the input is found', async () => {
  const invented = `output.proposals.push({ type: 'bill.reschedule', confidence: 1, because: [],
    parameters: { bill: 'bil_' + 'a'.repeat(32), dueAt: '2026-12-01' } })`
  expect(await failuresOf(invented)).toEqual(['contract.references'])
})

test('odd data that throws is found, an honest refusal is not', async () => {
  expect(await failuresOf(`${moves}; data.bills[0].id`)).toEqual(['behaviour.odd-data'])
  const honest = `if (data.bills.length === 0) { const e = new Error('no bills'); e.name = 'CannotServe'; throw e }`
  expect(await failuresOf(`${honest}; ${moves}`)).toEqual([])
})

test('a service that never says anything is shown to the reviewer and not refused', async () => {
  const report = await certify({ manifest, bundle: bundleOf(''), sandbox })
  expect(report.verdict).toBe('passed')
  expect(report.results.find((r) => r.outcome === 'failed')).toMatchObject({
    id: 'behaviour.says-something',
    severity: 'warning',
  })
})

test('an output that differs from run to run is found', async () => {
  let runs = 0
  const drifting: Sandbox = {
    ...sandbox,
    run: async (request) => {
      const result = await sandbox.run(request)
      if (result.outcome !== 'succeeded' || request.call !== 'execute') return result
      return { ...result, output: result.output.replace('"metrics":{}', `"metrics":{"run":${++runs}}`) }
    },
  }
  const report = await certify({ manifest, bundle: bundleOf(moves), sandbox: drifting })
  expect(report.results.filter((r) => r.outcome === 'failed').map((r) => r.id)).toEqual(['determinism.twice'])
})

test.each([
  [
    'in a recommendation',
    'output.recommendations.push({ text: data.bills[0]?.notes ?? "none", because: [] })',
  ],
  ['in the log', 'console.log(data.bills[0]?.notes)'],
  ['in an error', 'if (data.bills[0]?.notes.includes("Spoke")) throw new Error(data.bills[0].notes)'],
  [
    'as hex, in lower case',
    `let hex = ''; for (const c of data.bills[0]?.notes ?? '') hex += c.charCodeAt(0).toString(16).padStart(2, '0');
     output.recommendations.push({ text: 'x' + hex, because: [] })`,
  ],
  [
    'one word of it',
    'output.recommendations.push({ text: "x" + (data.bills[0]?.notes ?? "").split(" ")[2], because: [] })',
  ],
])('a planted personal value that comes back out %s is found', async (_, leak) => {
  expect(await failuresOf(`${moves}; ${leak}`)).toContain('privacy.planted-values')
})

test('a value is looked for whole, in parts and encoded', () => {
  const forms = formsOf('Ann Okonkwo')
  expect(forms).toEqual(
    expect.arrayContaining([
      'ann okonkwo',
      'okonkwo',
      '6f6b6f6e6b776f',
      'ann%20okonkwo',
      btoa('Okonkwo').replace(/=+$/, '').toLowerCase(),
    ]),
  )
  expect(forms).not.toContain('ann')
})

test('settings without a default are found', async () => {
  const settings = { type: 'object', properties: { days: { type: 'integer' } }, required: ['days'] }
  expect(await failuresOf(moves, { settings })).toEqual(['manifest.settings-defaults'])
})
