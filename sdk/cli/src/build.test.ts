import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { Manifest } from '@bizq/sdk/contract'
import { releaseDigest } from '@bizq/sdk/contract/host'
import { buildProvider, compileProvider } from './build.ts'

let sandbox: Sandbox
beforeAll(() => {
  sandbox = createSandbox({ maxProcesses: 1 })
})
afterAll(() => sandbox.close())

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bizq-build-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const all = { 'package.json': '{ "type": "module", "exports": "./src/index.ts" }', ...files }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

const provider = (
  execute: string,
  before = '',
  settings = 'z.object({ days: z.int().min(1).default(7) })',
) => `
import { defineProvider, usd, z } from '@bizq/sdk'
${before}
export default defineProvider({
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
  settings: ${settings},
  ${execute}
})
`
const moves = `execute({ data, settings, today, propose }) {
    for (const bill of data.bills) {
      const dueAt = today.add({ days: settings.days }).toString()
      propose('bill.reschedule', { bill: bill.id, dueAt }, { confidence: 0.9, because: [bill] })
    }
  },`
const build = async (files: Record<string, string>) => compileProvider(await folderWith(files), sandbox)

test('a provider builds to one module without imports or schemas, and a manifest with its settings', async () => {
  const folder = await folderWith({ 'src/index.ts': provider(moves) })
  const built = await buildProvider(folder, { sandbox })
  expect(built.bundle).not.toMatch(/\bimport\b|ZodObject|safeParse/)
  expect(Buffer.byteLength(built.bundle)).toBeLessThan(6_000)
  expect(built.manifest.settings).toMatchObject({ properties: { days: { minimum: 1, default: 7 } } })
  expect(built.digest).toBe(releaseDigest(built.manifest, built.bundle))
  expect(Manifest.parse(JSON.parse(await readFile(join(folder, 'dist/manifest.json'), 'utf8')))).toEqual(
    built.manifest,
  )
  expect(await readFile(join(folder, 'dist/bundle.js'), 'utf8')).toBe(built.bundle)
})

test('the same source gives the same release wherever it lies', async () => {
  const files = { 'src/index.ts': provider(moves) }
  const [here, there] = [await build(files), await build(files)]
  expect(there).toEqual(here)
})

test('what was built runs in the sandbox on rows, with the frozen day', async () => {
  const { bundle, digest } = await build({ 'src/index.ts': provider(moves) })
  const id = `bil_${'0'.repeat(32)}`
  const result = await sandbox.run({
    release: digest,
    bundle,
    call: 'execute',
    input: JSON.stringify({
      data: { bills: [{ id, dueAt: '2026-12-01' }] },
      settings: { days: 7 },
      state: null,
    }),
    seed: '01',
    now: Date.parse('2026-11-30T23:30:00Z'),
    timeZone: 'Europe/Berlin',
    locale: 'de-DE',
  })
  expect(result).toMatchObject({ outcome: 'succeeded' })
  expect(JSON.parse(result.outcome === 'succeeded' ? result.output : '')).toEqual({
    proposals: [
      {
        type: 'bill.reschedule',
        parameters: { bill: id, dueAt: '2026-12-08' },
        confidence: 0.9,
        because: [{ dataset: 'bills', id }],
      },
    ],
    recommendations: [],
    metrics: {},
    state: null,
  })
})

test('what a provider throws on purpose arrives under its name', async () => {
  const { bundle, digest } = await build({
    'src/index.ts': provider(
      'execute() { throw new RetryLater(600) },',
      "import { RetryLater } from '@bizq/sdk'",
    ),
  })
  const input = '{"data":{},"settings":{},"state":null}'
  const world = { seed: '01', now: 0, timeZone: 'UTC', locale: 'en' }
  const result = await sandbox.run({ release: digest, bundle, call: 'execute', input, ...world })
  expect(result).toMatchObject({
    outcome: 'failed',
    error: { name: 'RetryLater', data: { afterSeconds: 600 } },
  })
})

test.each([
  [
    'directly',
    { 'src/index.ts': provider('execute({ settings }) { z.object({}).parse(settings) },') },
    'src/index.ts:17:27',
  ],
  [
    'through a constant of another module',
    {
      'src/index.ts': provider(
        'execute: ({ settings }) => { check(settings) },',
        "import { Settings } from './settings.ts'\nconst check = (given: unknown) => Settings.parse(given)",
        'Settings',
      ),
      'src/settings.ts':
        "import { z } from '@bizq/sdk'\n\nexport const Settings = z.object({ days: z.int() })\n",
    },
    'src/settings.ts:3:25',
  ],
  [
    'under another name, passed on by another module',
    {
      'src/index.ts': provider(
        'execute({ settings }) { schema.object({}).parse(settings) },',
        "import { schema } from './passed.ts'",
      ),
      'src/passed.ts': "export { z as schema } from '@bizq/sdk'\n",
    },
    'src/index.ts:17:27',
  ],
  [
    'taken out of a namespace',
    {
      'src/index.ts': provider(
        'execute() { const { z } = sdk; z.object({}) },',
        "import * as sdk from '@bizq/sdk'",
      ),
    },
    'src/index.ts:17:29',
  ],
  [
    'through a namespace, from the report',
    {
      'src/index.ts': provider(
        `${moves} report() { return sdk.z.object({}).parse({}) as never },`,
        "import * as sdk from '@bizq/sdk'",
      ),
    },
    'src/index.ts:22:24',
  ],
])('a schema that the code can reach %s is refused with its line', async (_, files, place) => {
  await expect(build(files)).rejects.toThrow(place)
  await expect(build(files)).rejects.toThrow('z is reachable from execute or report')
})

test('a coordinate that is called z is no schema, and neither is a type', async () => {
  const before = 'const Row = z.object({ a: z.int() })\ntype Row = z.output<typeof Row>'
  const execute = `execute() { const length = (x: number, y: number, z: number): number => Math.hypot(x, y, z)
    const row: Row = { a: length(1, 2, 3) }
    const { z } = { z: row.a }
    return { metrics: { z } } },`
  await expect(build({ 'src/index.ts': provider(execute, before, 'Row') })).resolves.toMatchObject({
    manifest: { service: 'bill-mover' },
  })
})

test.each([
  [
    'a module of Node',
    "import { readFileSync } from 'node:fs'\nvoid readFileSync",
    'node:fs is not there in the sandbox',
  ],
  ['a bare module of Node', "import 'child_process'", 'child_process is not there in the sandbox'],
  ['zod itself', "import { z as other } from 'zod'\nvoid other", "import { z } from '@bizq/sdk' instead"],
  ['another package of the platform', "import '@bizq/sdk/contract'", 'nothing else of ours'],
  ['a package that is not there', "import 'no-such-package'", 'no-such-package'],
  [
    'an import at run time',
    'Object.assign(globalThis, { load: (name: string) => import(name) })',
    'cannot be inlined',
  ],
])('%s cannot be in a bundle', async (_, before, message) => {
  await expect(build({ 'src/index.ts': provider(moves, before) })).rejects.toThrow(message)
})

test('a definition that is not right is refused with every place', async () => {
  const wrong = provider(moves).replace("version: '1.0.0'", "version: 'one'").replace("'90d'", "'ninety'")
  await expect(build({ 'src/index.ts': wrong })).rejects.toMatchObject({
    name: 'ManifestError',
    problems: [{ pointer: '/version' }, { pointer: '/data/bills/history' }],
  })
})

test('a definition that cannot be evaluated says so', async () => {
  const files = { 'src/index.ts': provider(moves, "throw new Error('not today')") }
  await expect(build(files)).rejects.toThrow('not today')
})

test('a folder that holds no provider says what to do', async () => {
  await expect(compileProvider('/no/such/folder', sandbox)).rejects.toThrow('there is no folder')
  const empty = await mkdtemp(join(tmpdir(), 'bizq-build-'))
  onTestFinished(() => rm(empty, { recursive: true }))
  await expect(compileProvider(empty, sandbox)).rejects.toThrow('has no package.json')
  await expect(build({ 'src/index.ts': 'export default 5' })).rejects.toThrow(
    'the default export must be defineProvider',
  )
})
