import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { badBundle, compileBundle } from '../test/bad-bundle.ts'
import { certify, reportDigest, type CheckResult, type Progress } from './index.ts'

let sandbox: Sandbox
beforeAll(() => {
  sandbox = createSandbox({ maxProcesses: 2 })
})
afterAll(() => sandbox.close())

const good = compileBundle(badBundle({}))
const resultOf = (results: readonly CheckResult[], id: string) => results.find((result) => result.id === id)

test('a manifest that is none fails before anything runs, with the place', async () => {
  const manifest = { ...good.manifest, version: 'one', summary: 'Short.' }
  const report = await certify({ manifest, bundle: 'throw 1', sandbox })
  expect(report).toMatchObject({ verdict: 'failed', digest: null, service: null, profiles: [] })
  expect(report.results.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
    { id: 'manifest.schema', findings: [{ pointer: '/summary' }] },
    { id: 'manifest.semver', findings: [{ pointer: '/version' }] },
  ])
})

test('a finding shows the smallest input on which it is still seen', async () => {
  const bad = badBundle({
    execute({ data, moveBills }) {
      moveBills()
      const dear = data.bills.filter(({ amountDue }) => amountDue.amount > 100_000)
      if (dear.length > 1) throw new RangeError('two dear bills')
    },
  })
  const report = await certify({ ...compileBundle(bad), sandbox, only: ['behaviour.ordinary'] })
  const [finding] = resultOf(report.results, 'behaviour.ordinary')?.findings ?? []
  expect(finding?.detail).toContain('RangeError: two dear bills')
  const { data } = (finding as { evidence: object }).evidence as {
    data: { bills: { amountDue: { amount: number } }[] }
  }
  const { bills } = data
  expect(bills.filter(({ amountDue }) => amountDue.amount > 100_000)).toHaveLength(2)
  expect(bills.length).toBeLessThan(8)
})

test('the verdict is the same each time, whatever the clock says', async () => {
  const only = ['behaviour.empty', 'determinism.same-bytes', 'least-data.fields', 'latency.standard']
  const [one, two] = [
    await certify({ ...good, sandbox, only, largestRows: 0 }),
    await certify({ ...good, sandbox, only, largestRows: 0 }),
  ]
  expect(reportDigest(one)).toBe(reportDigest(two))
  expect({ ...one, durationMs: 0 }).toEqual({ ...two, durationMs: 0 })
})

test('progress is told after each check, up to the last', async () => {
  const told: Progress[] = []
  const only = ['manifest.schema', 'behaviour.empty', 'limits.bundle']
  await certify({ ...good, sandbox, only, onProgress: (progress) => told.push(progress) })
  expect(told.map(({ done, total, result }) => [done, total, result.id])).toEqual([
    [1, 3, 'manifest.schema'],
    [2, 3, 'behaviour.empty'],
    [3, 3, 'limits.bundle'],
  ])
})

test('a check that is not there is a mistake of the caller', async () => {
  await expect(certify({ ...good, sandbox, only: ['privacy.everything'] })).rejects.toThrow(
    'privacy.everything',
  )
})

test('a supplied case is what shows that a field is needed', async () => {
  const bad = badBundle({
    manifest: {
      data: {
        bills: {
          fields: ['id', 'dueAt', 'amountDue', 'status', 'category'],
          history: '1d',
          purpose: 'To know which bills fall due soon.',
        },
      },
    },
    execute({ data, moveBills }) {
      data.bills = data.bills.filter(({ category }) => category !== 'Never')
      moveBills()
    },
  })
  const subject = { ...compileBundle(bad), sandbox, only: ['least-data.fields'] }
  const without = await certify(subject)
  expect(without.results[0]?.findings).toMatchObject([{ pointer: '/data/bills/fields/4' }])
  const amountDue = { amount: 5_000, currency: 'GBP' }
  const bill = {
    id: `bil_${'1'.repeat(32)}`,
    dueAt: '2026-11-25',
    amountDue,
    status: 'open',
    category: 'Never',
  }
  const cases = [{ name: 'a bill that is never moved', data: { bills: [bill] } }]
  expect((await certify({ ...subject, cases })).verdict).toBe('passed')
})

test('what was submitted without documents is not asked for any', async () => {
  const { manifest, bundle } = good
  const report = await certify({ manifest, bundle, sandbox, only: ['documentation.readme'] })
  expect(report.results).toMatchObject([{ outcome: 'skipped', reason: 'no documents were submitted' }])
  expect(report.verdict).toBe('passed')
})

test('on the platform its own figure decides on the time', async () => {
  const slow: Sandbox = {
    ...sandbox,
    run: async (request) => ({ ...(await sandbox.run(request)), wallMs: 6_000 }),
  }
  const subject = { ...good, sandbox: slow, only: ['latency.standard'], largestRows: 0 }
  expect(await certify(subject)).toMatchObject({ verdict: 'passed', results: [{ outcome: 'passed' }] })
  const decided = await certify({ ...subject, latency: 'decides' })
  expect(decided).toMatchObject({ verdict: 'failed', results: [{ severity: 'error', outcome: 'failed' }] })
})

test('the profiles of a release follow from its manifest', async () => {
  const { manifest } = compileBundle(
    badBundle({
      manifest: {
        handlesPersonalData: true,
        actions: [{ type: 'refund.issue', max: { amount: 500, currency: 'GBP' } }],
      },
    }),
  )
  const report = await certify({ manifest, bundle: good.bundle, sandbox, only: ['manifest.schema'] })
  expect(report.profiles).toEqual(['sandboxed', 'handles-personal-data', 'moves-money'])
})

test('a release that never ends is soon not run any more', async () => {
  let runs = 0
  const counting: Sandbox = {
    ...sandbox,
    run(request) {
      runs += 1
      return sandbox.run(request)
    },
  }
  const endless = badBundle({
    manifest: { runtime: { kind: 'sandbox', limits: { wallMs: 600, cpuMs: 300 } } },
    execute() {
      for (;;);
    },
  })
  const report = await certify({ ...compileBundle(endless), sandbox: counting })
  expect(resultOf(report.results, 'limits.time')?.outcome).toBe('failed')
  expect(report.verdict).toBe('failed')
  expect(runs).toBeLessThan(60)
})

test.each([
  ['an output', `if (call === 'describe') return '{}'; return '['.repeat(400000) + ']'.repeat(400000)`],
  [
    'a state',
    `if (call === 'describe') return '{}'; return '{"metrics":{},"proposals":[],"recommendations":[],"state":' + '{"a":'.repeat(90000) + '1' + '}'.repeat(90000) + '}'`,
  ],
  ['a description', `return '{"data":'.repeat(90000) + '1' + '}'.repeat(90000)`],
])('%s that is nested too deeply is a finding', async (_, body) => {
  const bundle = `export function run(call) { ${body} }`
  const report = await certify({ manifest: good.manifest, bundle, sandbox, largestRows: 0 })
  expect(report.verdict).toBe('failed')
})
