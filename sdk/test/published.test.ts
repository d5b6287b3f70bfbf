import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  buildPackages,
  checkTarball,
  packPackage,
  publishedPackages,
  type PublishedPackage,
} from '../scripts/packages.ts'

// Packs what npm would get, installs it into an empty project outside the repository, and works there.
const minutes = 60_000
vi.setConfig({ testTimeout: 5 * minutes })
let scratch: string
let project: string
const tarballs = new Map<PublishedPackage, string>()

/** Nothing of the repository or of what runs this test: a machine on which only Node and npm are. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|vitest|init_cwd$|node_(env|options|path)$)/i.test(name),
  )
  const elsewhere = (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !folder.includes('node_modules/.bin'))
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: [dirname(process.execPath), ...elsewhere].join(':'),
    BIZQ_CONFIG: join(scratch, 'config'),
    NO_COLOR: '1',
    CI: '1',
  }
}

interface Checked {
  id: string
  outcome: string
  severity: string
  findings: { pointer?: string }[]
}

interface Done {
  code: number
  stdout: string
  stderr: string
}

function run(command: string, args: string[], cwd = project): Promise<Done> {
  const options = { cwd, env: environment(), timeout: 8 * minutes, maxBuffer: 32 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr })
    })
  })
}

async function succeed(command: string, args: string[], cwd = project): Promise<string> {
  const done = await run(command, args, cwd)
  if (done.code !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${done.code}\n${done.stdout}${done.stderr}`)
  return done.stdout
}

const tool = (name: string) => join(project, 'node_modules/.bin', name)
const bizq = (args: string[], cwd = project) => run(tool('bizq'), args, cwd)

async function certify() {
  const { code, stdout } = await bizq(['certify', '--json'])
  const report = JSON.parse(stdout) as { verdict: string; results: Checked[] }
  const failed = report.results.filter((each) => each.outcome === 'failed' && each.severity === 'error')
  return { code, verdict: report.verdict, count: report.results.length, failed }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true })
  await writeFile(join(project, path), text)
}

async function install(): Promise<void> {
  const names = Object.keys(publishedPackages) as PublishedPackage[]
  for (const name of names) tarballs.set(name, packPackage(name, scratch))
  const manifest = {
    name: 'empty-project',
    version: '1.0.0',
    private: true,
    type: 'module',
    exports: './src/index.ts',
    dependencies: {
      ...Object.fromEntries(names.map((name) => [name, `file:${tarballs.get(name)}`])),
      '@types/node': '^26.0.0',
      oauth4webapi: '^3.8.8',
      typescript: '^7.0.2',
      vitest: '^5.1.0',
    },
    // What depends on one of ours gets the tarball too, and never a registry's.
    overrides: Object.fromEntries(names.map((name) => [name, `$${name}`])),
  }
  await write('package.json', JSON.stringify(manifest, null, 2))
  await succeed('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
}

beforeAll(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), 'bizq-published-')))
  project = join(scratch, 'project')
  await mkdir(project)
  buildPackages()
  await install()
}, 10 * minutes)
afterAll(() => rm(scratch, { recursive: true, force: true }))

test('what was installed came from the tarballs and is compiled: no source of the repository is linked', async () => {
  for (const name of Object.keys(publishedPackages)) {
    const folder = join(project, 'node_modules', name)
    expect(await realpath(folder)).toBe(folder)
    const manifest = await readFile(join(folder, 'package.json'), 'utf8')
    expect(manifest).not.toMatch(/"(workspace|catalog|link):|"publishConfig"[^}]*"exports"/)
    const { exports } = JSON.parse(manifest) as {
      exports: Record<string, { default: string; types: string }>
    }
    expect(exports['.']?.default).toBe(
      './dist/index.js'.replace('index', name === '@bizq/cli' ? 'main' : 'index'),
    )
  }
})

test.each(Object.keys(publishedPackages) as PublishedPackage[])(
  'a registry and every resolver understand %s (publint, attw)',
  (name) => {
    expect(() => checkTarball(tarballs.get(name) ?? '')).not.toThrow()
  },
)

describe('the example of the README', () => {
  const tsconfig = (moduleResolution: string, module: string) =>
    JSON.stringify({
      compilerOptions: {
        target: 'es2024',
        lib: ['esnext'],
        module,
        moduleResolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        allowImportingTsExtensions: true,
        types: ['node'],
        noEmit: true,
      },
      include: ['src'],
    })

  beforeAll(async () => {
    const readme = await readFile(join(project, 'node_modules/@bizq/sdk/README.md'), 'utf8')
    const [, code = ''] = /```ts\n(import \{ defineProvider[\s\S]*?)\n```/.exec(readme) ?? []
    await write('src/index.ts', code)
    const [, trying = ''] = /```ts\n([^`]*@bizq\/sdk\/testing[\s\S]*?)\n```/.exec(readme) ?? []
    await write('src/try-it.ts', trying)
    await write(
      'README.md',
      `# Receivables Accelerator\n\n${'It chases late invoices politely, in order. '.repeat(12)}\n`,
    )
    await write('CHANGELOG.md', '# Changelog\n\n## 1.0.0\n\nThe first release.\n')
  })

  test('type-checks against the published declarations, and what it did not ask for does not compile', async () => {
    await write(
      'src/types.ts',
      `import { createClient } from '@bizq/client'
import { certify } from '@bizq/certification'
import { defineProvider, usd, z } from '@bizq/sdk'
import { Manifest } from '@bizq/sdk/contract'
import { releaseDigest } from '@bizq/sdk/contract/host'
import { createRemoteHandler } from '@bizq/sdk/remote'
import { nodeListener } from '@bizq/sdk/remote/node'
import { createSandbox } from '@bizq/sandbox'
void [createClient, certify, Manifest, releaseDigest, createRemoteHandler, nodeListener, createSandbox]
defineProvider({
  service: 'x', version: '1.0.0', name: 'An example', category: 'financial/cash-flow',
  summary: 'An example of what the types hold a provider to.', pricing: { monthly: usd(1) },
  capabilities: ['runway_protection'], money: 'scaled', schedule: 'daily',
  data: { bills: { fields: ['id', 'dueAt'], history: '90d', purpose: 'To know what falls due.' } },
  actions: ['bill.reschedule'],
  settings: z.object({ days: z.int().default(7) }),
  execute({ data, settings, propose }) {
    const days: number = settings.days
    // @ts-expect-error a setting that is not in the schema
    void settings.weeks
    for (const bill of data.bills) {
      const dueAt: string = bill.dueAt
      // @ts-expect-error a field that was not asked for
      void bill.amountDue
      // @ts-expect-error an action that was not declared
      propose('invoice.remind', { invoice: bill.id }, { confidence: days, because: [bill] })
      propose('bill.reschedule', { bill: bill.id, dueAt }, { confidence: 1, because: [bill] })
    }
  },
})
`,
    )
    for (const [resolution, module] of [
      ['nodenext', 'nodenext'],
      ['bundler', 'esnext'],
    ] as const) {
      await write('tsconfig.json', tsconfig(resolution, module))
      expect(await succeed(tool('tsc'), ['-p', 'tsconfig.json'])).toBe('')
    }
  })

  test('builds, runs in the test kit, and certifies', async () => {
    const built = await bizq(['build', '--json'])
    expect(JSON.parse(built.stdout)).toMatchObject({ service: 'receivables-accelerator', version: '1.0.0' })
    expect(await readFile(join(project, 'dist/bundle.js'), 'utf8')).not.toMatch(/\bimport\b|ZodObject/)

    await write(
      'src/index.test.ts',
      `import { expectProposal, rowBuilders, runProvider } from '@bizq/sdk/testing'
import { test } from 'vitest'
import provider from './index.ts'
test('a late invoice is reminded of', async () => {
  const late = rowBuilders().invoices({ dueAt: '2026-11-01', status: 'open' })
  expectProposal(await runProvider(provider, { data: { invoices: [late] } }), 'invoice.remind', { invoice: late.id })
})
`,
    )
    const tested = await bizq(['test', '--json'])
    expect(tested, tested.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(tested.stdout)).toEqual({ ok: true, runner: 'vitest' })

    // It asks for a field that it does not use, proposes more than 500 on a large business, and names nobody to ask.
    const first = await certify()
    expect([first.code, first.verdict]).toEqual([1, 'failed'])
    expect(first.count).toBeGreaterThan(40)
    const unused = first.failed.find(({ id }) => id === 'least-data.fields')
    expect(unused?.findings).toMatchObject([{ pointer: '/data/invoices/fields/1' }])

    const code = await readFile(join(project, 'src/index.ts'), 'utf8')
    const mended = code
      .replace("'customer', ", '')
      .replace("  money: 'scaled'", "  support: 'help@provider.example',\n  money: 'scaled'")
      .replace('    for (const', '    let left = 500\n    for (const')
      .replace('      propose(', '      if (left-- === 0) break\n      propose(')
    await write('src/index.ts', mended)
    expect(await certify()).toMatchObject({ code: 0, verdict: 'passed', failed: [] })
  })

  test('runs on the invented business of bizq dev, and the machine is found well', async () => {
    const ran = await bizq(['dev', '--once', '--json'])
    const { run, cards } = JSON.parse(ran.stdout) as {
      run: { outcome: string }
      cards: { sentence: string }[]
    }
    expect(run.outcome).toBe('succeeded')
    expect(cards[0]?.sentence).toMatch(/^Remind .+ of invoice INV-\d+ over £/)
    const doctor = JSON.parse((await bizq(['doctor', '--json'])).stdout) as {
      findings: { name: string; state: string }[]
    }
    expect(doctor.findings.filter(({ state }) => state === 'failed')).toEqual([])
    expect((await bizq(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe.each(['sandboxed', 'remote'] as const)(
  'what npm create bizq-provider makes of the %s template',
  (template) => {
    const folder = () => join(project, 'made', template)

    test('type-checks, builds, passes its tests and runs', async () => {
      await succeed(tool('create-bizq-provider'), [
        folder(),
        '--yes',
        '--template',
        template,
        '--name',
        'bill-watcher',
      ])
      await succeed(tool('tsc'), ['--noEmit', '-p', folder()])
      const built = JSON.parse(await succeed(tool('bizq'), ['build', '--json'], folder())) as {
        service: string
      }
      expect(built.service).toBe('bill-watcher')
      const tested = await bizq(['test'], folder())
      expect(tested, tested.stdout + tested.stderr).toMatchObject({ code: 0 })
      const ran = await bizq(['dev', '--once', '--json'], folder())
      expect(JSON.parse(ran.stdout)).toMatchObject({
        problem: null,
        run: { outcome: 'succeeded', problems: [] },
      })
    })

    test('certifies', async () => {
      const certified = await bizq(['certify'], folder())
      expect(certified, certified.stdout).toMatchObject({ code: 0 })
      expect(certified.stdout).toContain('PASSED  bill-watcher 1.0.0')
    })
  },
)
