import { expect, test } from 'vitest'
import { checkAgainst, checkOutput, knownRows, type OutputRules } from './execution.ts'

const bil = (n: number) => `bil_${String(n).padStart(32, '0')}`
const rules: OutputRules = {
  manifest: {
    actions: [{ type: 'bill.reschedule' }, { type: 'task.create' }],
    state: {
      type: 'object',
      properties: { seen: { type: 'integer' } },
      required: ['seen'],
      additionalProperties: false,
    },
  },
  known: knownRows({ bills: [{ id: bil(1) }, { id: bil(2) }], invoices: [{ dueAt: '2026-12-01' }] }),
  money: 'scaled',
  domains: [],
}
const proposal = {
  type: 'bill.reschedule',
  parameters: { bill: bil(1), dueAt: '2026-12-10' },
  confidence: 0.9,
  because: [{ dataset: 'bills', id: bil(2) }],
}
const output = { proposals: [proposal], recommendations: [], metrics: { bills: 2 }, state: null }
const pointers = (given: unknown) => {
  const checked = checkOutput(typeof given === 'string' ? given : JSON.stringify(given), rules)
  return checked.ok ? [] : checked.problems.map((p) => p.pointer)
}
const propose = (change: object) => ({ ...output, proposals: [{ ...proposal, ...change }] })

test('a right output is taken as it is', () => {
  expect(checkOutput(JSON.stringify(output), rules)).toEqual({ ok: true, output })
})

test('a pseudonym resolves only if its row was in the input', () => {
  expect(pointers(propose({ parameters: { bill: bil(3), dueAt: '2026-12-10' } }))).toEqual([
    '/proposals/0/parameters/bill',
  ])
  expect(pointers(propose({ because: [{ dataset: 'bills', id: bil(3) }] }))).toEqual([
    '/proposals/0/because/0',
  ])
  expect(pointers(propose({ because: [{ dataset: 'orders', id: bil(1) }] }))).toEqual([
    '/proposals/0/because/0',
  ])
  const advice = { text: 'Look here.', because: [{ dataset: 'invoices', id: bil(1) }] }
  expect(pointers({ ...output, recommendations: [advice] })).toEqual(['/recommendations/0/because/0'])
})

test('an action that the manifest does not declare is refused', () => {
  expect(pointers(propose({ type: 'refund.issue' }))).toEqual(['/proposals/0/type'])
  expect(pointers(propose({ type: 'money.take' }))).toEqual(['/proposals/0/type'])
})

test('parameters are those of the type, and nothing besides', () => {
  expect(pointers(propose({ parameters: { bill: bil(1), dueAt: '2026-02-30' } }))).toEqual([
    '/proposals/0/parameters/dueAt',
  ])
  expect(pointers(propose({ parameters: { bill: bil(1), dueAt: '2026-12-10', note: 'x' } }))).toEqual([
    '/proposals/0/parameters',
  ])
  expect(
    pointers(propose({ parameters: { bill: 'bil_01h455vb4pex5vsknk084sn02q', dueAt: '2026-12-10' } })),
  ).toEqual(['/proposals/0/parameters/bill'])
})

test('a text for people keeps to the rules', () => {
  expect(pointers(propose({ type: 'task.create', parameters: { title: 'Pay £100 {bill.iban}' } }))).toEqual([
    '/proposals/0/parameters/title',
    '/proposals/0/parameters/title',
  ])
})

test('bounds hold: 500 proposals, 20 rows for each, a megabyte, a confidence between 0 and 1', () => {
  const many = (n: number) => ({ ...output, proposals: Array.from({ length: n }, () => proposal) })
  expect(pointers(many(500))).toEqual([])
  expect(pointers(many(501))).toEqual(['/proposals'])
  const rows = Array.from({ length: 21 }, () => ({ dataset: 'bills', id: bil(1) }))
  expect(pointers(propose({ because: rows.slice(1) }))).toEqual([])
  expect(pointers(propose({ because: rows }))).toEqual(['/proposals/0/because'])
  expect(pointers(propose({ confidence: 1.01 }))).toEqual(['/proposals/0/confidence'])
  expect(pointers(JSON.stringify(output) + ' '.repeat(1024 * 1024))).toEqual([''])
  expect(pointers('not JSON')).toEqual([''])
})

test('state is what the manifest declares, and of at most 64 KiB', () => {
  expect(pointers({ ...output, state: { seen: 1 } })).toEqual([])
  expect(pointers({ ...output, state: { seen: 'one' } })).toEqual(['/state/seen'])
  const loose: OutputRules = { ...rules, manifest: { ...rules.manifest, state: { type: 'object' } } }
  const big = checkOutput(JSON.stringify({ ...output, state: { text: 'x'.repeat(64 * 1024) } }), loose)
  expect(big).toMatchObject({ ok: false, problems: [{ pointer: '/state' }] })
  const { state: _, ...stateless } = rules.manifest
  const none = checkOutput(JSON.stringify({ ...output, state: { seen: 1 } }), {
    ...rules,
    manifest: stateless,
  })
  expect(none).toMatchObject({
    ok: false,
    problems: [{ pointer: '/state', detail: 'the manifest declares no state' }],
  })
})

test('settings are checked against the manifest’s schema and filled with its defaults', () => {
  const schema = { type: 'object', properties: { days: { type: 'integer', minimum: 1, default: 7 } } }
  expect(checkAgainst(schema, {})).toEqual({ ok: true, value: { days: 7 } })
  expect(checkAgainst(schema, { days: 0 })).toMatchObject({ ok: false, problems: [{ pointer: '/days' }] })
})

test('an output that is nested too deeply to be walked through is refused like any other', () => {
  const deep = `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`
  const problems = [{ pointer: '', detail: 'the output is nested too deeply' }]
  expect(checkOutput(JSON.stringify(output).replace('"state":null', `"state":${deep}`), rules)).toEqual({
    ok: false,
    problems,
  })
})
