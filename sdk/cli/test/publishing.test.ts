import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPlatform } from './platform-double.ts'
import { bizq, temporaryFolder } from './run.ts'

const code = `import { defineProvider, usd } from '@bizq/sdk'
export default defineProvider({
  service: 'bill-mover', version: '1.0.0', name: 'Bill Mover', category: 'financial/cash-flow',
  summary: 'Moves every bill by a week, for the sake of the example.', pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: { bills: { fields: ['id'], history: '90d', purpose: 'To know what falls due.' } },
  money: 'scaled', actions: [], schedule: 'daily',
  execute() { return { metrics: { runs: 1 } } },
})`

async function provider(): Promise<string> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "exports": "./src/index.ts" }')
  await writeFile(join(folder, 'src/index.ts'), code)
  return folder
}

const release = (state: string, checks: object[] = []) => ({
  id: `rel_${'0'.repeat(26)}`,
  service: `svc_${'0'.repeat(26)}`,
  version: '1.0.0',
  digest: 'a'.repeat(64),
  state,
  notice: null,
  checks,
  manifest: {},
  createdAt: '2026-11-20T09:30:00.000Z',
  publishedAt: state === 'published' ? '2026-11-20T09:31:00.000Z' : null,
})
const services = { 'GET /v1/provider/services': () => ({ body: { items: [], next: null } }) }
const environment = { BIZQ_TOKEN: 'token' }

test('publishing takes the name where it is new, and sends what was built', async () => {
  const platform = await openPlatform({
    ...services,
    'POST /v1/provider/services': () => ({ status: 201, body: {} }),
    'POST /v1/provider/services/bill-mover/releases': () => ({ status: 201, body: release('published') }),
  })
  const args = ['publish', await provider(), '--skip-certify', '--platform', platform.address]
  const { code, stdout, stderr } = await bizq(args, { environment })
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('bill-mover 1.0.0 is published')
  const [, taken, submitted] = platform.asked
  expect(JSON.parse(taken?.body ?? '')).toEqual({ service: 'bill-mover' })
  expect(submitted?.authorization).toBe('Bearer token')
  const sent = JSON.parse(submitted?.body ?? '') as { manifest: { service: string }; bundle: string }
  expect(sent.manifest.service).toBe('bill-mover')
  expect(sent.bundle).toContain('describe')
})

test('a release whose checks fail there is not published: code 1, with what to mend', async () => {
  const check = {
    rule: 'privacy.planted',
    outcome: 'failed',
    detail: 'a name came out',
    mend: 'Leave it out.',
  }
  const platform = await openPlatform({
    'GET /v1/provider/services': () => ({ body: { items: [{ service: 'bill-mover' }], next: null } }),
    'POST /v1/provider/services/bill-mover/releases': () => ({
      status: 201,
      body: release('draft', [check]),
    }),
  })
  const args = ['publish', await provider(), '--skip-certify', '--platform', platform.address]
  const { code, stdout } = await bizq(args, { environment })
  expect(code).toBe(1)
  expect(stdout).toContain('privacy.planted: a name came out')
  expect(stdout).toContain('Leave it out.')
})

const review = {
  since: '2026-11-20T09:31:00.000Z',
  certifiers: 2,
  reasons: [{ code: 'moves-money', detail: 'It may move money out: refund.issue.' }],
  askedAt: null as string | null,
}

test('publishing says when a certifier looks at it first, and why', async () => {
  const platform = await openPlatform({
    ...services,
    'POST /v1/provider/services': () => ({ status: 201, body: {} }),
    'POST /v1/provider/services/bill-mover/releases': () => ({
      status: 201,
      body: { ...release('submitted'), review },
    }),
  })
  const args = ['publish', await provider(), '--skip-certify', '--platform', platform.address]
  const { code, stdout, stderr } = await bizq(args, { environment })
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('waits for 2 certifiers')
  expect(stdout).toContain('It may move money out: refund.issue.')
})

test('status says what a certifier asks, and why one refused', async () => {
  const passed = [{ rule: 'manifest.schema', outcome: 'passed', detail: '' }]
  const asked = {
    ...release('submitted', passed),
    review: { ...review, askedAt: '2026-11-20T10:00:00.000Z' },
  }
  const refused = { ...release('draft', passed), id: `rel_${'1'.repeat(26)}`, version: '0.9.0', review: null }
  const note = (kind: string, words: string) => ({ kind, words, at: '2026-11-20T10:00:00.000Z' })
  const path = 'GET /v1/provider/services/bill-mover/releases'
  const platform = await openPlatform({
    'GET /v1/provider/services': () => ({ body: { items: [{ service: 'bill-mover' }], next: null } }),
    [path]: () => ({ body: { items: [asked, refused], next: null } }),
    [`${path}/${asked.id}/submission`]: () => ({
      body: { notes: [note('approval', 'Good.'), note('question', 'Why the refunds?')] },
    }),
    [`${path}/${refused.id}/submission`]: () => ({
      body: { notes: [note('refusal', 'It promises too much.')] },
    }),
  })
  const { stdout } = await bizq(['status', '--platform', platform.address], { environment })
  expect(stdout).toContain('waits for a certifier since 2026-11-20 (1 of 2 approved)')
  expect(stdout).toContain('A certifier asks: Why the refunds?')
  expect(stdout).toContain('a certifier refused it: It promises too much.')
})

test('what does not certify here is not submitted', async () => {
  const platform = await openPlatform(services)
  const args = ['publish', await provider(), '--platform', platform.address]
  const { code, stderr } = await bizq(args, { environment })
  expect(code).toBe(1)
  expect(stderr).toContain('was not submitted')
  expect(platform.asked.filter(({ method }) => method === 'POST')).toEqual([])
})

test('a refusal of the platform comes with its words and places', async () => {
  const platform = await openPlatform({
    ...services,
    'POST /v1/provider/services': () => ({
      status: 422,
      body: {
        code: 'validation-failed',
        title: 'Not right',
        errors: [{ pointer: '/service', detail: 'is taken' }],
      },
    }),
  })
  const args = ['publish', await provider(), '--skip-certify', '--json', '--platform', platform.address]
  const { code, stdout } = await bizq(args, { environment })
  expect(code).toBe(1)
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
  expect(error.code).toBe('validation-failed')
  expect(error.message).toContain('/service: is taken')
})

test('status lists releases with their state', async () => {
  const platform = await openPlatform({
    'GET /v1/provider/services': () => ({ body: { items: [{ service: 'bill-mover' }], next: null } }),
    'GET /v1/provider/services/bill-mover/releases': () => ({
      body: { items: [release('published')], next: null },
    }),
  })
  const { stdout } = await bizq(['status', '--platform', platform.address], { environment })
  expect(stdout).toMatch(/bill-mover\s+1\.0\.0\s+published\s+0 of 0 failed\s+2026-11-20/)
})

test('logs come oldest first, and go on under --follow from where they were', async () => {
  const execution = (n: number, outcome = 'succeeded') => ({
    id: `exe_0${String(n).padStart(25, '0')}`,
    version: '1.0.0',
    at: `2026-11-20T09:3${n}:00.000Z`,
    outcome,
    wallMs: 12,
    error: outcome === 'failed' ? { name: 'TypeError', stack: [{ line: 3, column: 7 }] } : null,
    log: null,
  })
  const platform = await openPlatform({
    'GET /v1/provider/services/bill-mover/executions': ({ query }) => {
      const after = query.get('after')
      const items =
        after === null
          ? [execution(2, 'failed'), execution(1)]
          : after === execution(2).id
            ? [execution(3)]
            : []
      return { body: { items, next: null } }
    },
  })
  const args = ['logs', 'bill-mover', '--follow', '--interval', '0.1', '--platform', platform.address]
  const { stdout } = await bizq(args, {
    environment,
    onOutput: (text, end) => {
      if (text.includes('09:33')) end()
    },
  })
  expect(stdout.match(/09:3\d/g)).toEqual(['09:31', '09:32', '09:33'])
  expect(stdout).toContain('TypeError at bundle.js:3:7')
})

test('publishing says what becomes of the release once it is certified', async () => {
  const answer = { ...release('staged'), comparedWith: '0.9.0', isMajor: false, changes: ['its price falls'] }
  const platform = await openPlatform({
    ...services,
    'POST /v1/provider/services': () => ({ status: 201, body: {} }),
    'POST /v1/provider/services/bill-mover/releases': () => ({ status: 201, body: answer }),
  })
  const folder = await provider()
  const publish = (...options: string[]) =>
    bizq(['publish', folder, '--skip-certify', '--platform', platform.address, ...options], { environment })
  const first = await publish('--canary', '10', '--hours', '24')
  expect(first.code, first.stderr).toBe(0)
  expect(first.stdout).toContain('Minor: it reaches the subscribers of 0.9.0 by itself.')
  expect(first.stdout).toContain('its price falls')
  await publish('--stage')
  await publish('--hold')
  await publish()
  const sent = platform.asked
    .filter(({ path }) => path.endsWith('/releases'))
    .map(({ body }) => (JSON.parse(body) as { publication: unknown }).publication)
  expect(sent).toEqual([
    { kind: 'canary', percent: 10, hours: 24 },
    { kind: 'stage' },
    { kind: 'hold' },
    { kind: 'all' },
  ])
  for (const wrong of [
    ['--stage', '--hold'],
    ['--canary', '51'],
    ['--canary', '10', '--hours', 'soon'],
  ]) {
    const refused = await publish(...wrong)
    expect(refused.code, wrong.join(' ')).toBe(2)
  }
})

test('status says that a canary runs, what went back and why, and when a release stops', async () => {
  const one = (version: string, change: Record<string, unknown>) => ({
    ...release('staged'),
    version,
    ...change,
  })
  const releases = [
    one('1.3.0', { id: `rel_${'3'.repeat(26)}` }),
    one('1.2.0', { state: 'suspended', suspendedBy: 'canary', notice: 'More of its executions failed.' }),
    one('1.1.0', { state: 'deprecated', endsAt: '2026-12-24T00:00:00.000Z' }),
  ]
  const path = 'GET /v1/provider/services/bill-mover/releases'
  const platform = await openPlatform({
    'GET /v1/provider/services': () => ({ body: { items: [{ service: 'bill-mover' }], next: null } }),
    [path]: () => ({ body: { items: releases, next: null } }),
    [`${path}/rel_${'3'.repeat(26)}/rollout`]: () => ({
      body: { state: 'running', percent: 10, endsAt: '2026-11-23T09:30:00.000Z' },
    }),
  })
  const { code, stdout, stderr } = await bizq(['status', '--platform', platform.address], { environment })
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('bill-mover 1.3.0: a canary runs for 10 % until 2026-11-23 09:30 UTC')
  expect(stdout).toContain('bill-mover 1.2.0: went back: its canary did worse')
  expect(stdout).toContain('(“More of its executions failed.”)')
  expect(stdout).toContain('bill-mover 1.1.0: stops on 2026-12-24')
})
