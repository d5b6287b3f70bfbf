import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAll } from './start.ts'

/** Every test of the repository: unit and server tests, then the browser tests on the built product. */
const root = join(import.meta.dirname, '../..')
const results = mkdtempSync(join(tmpdir(), 'bizq-results-'))

interface Counts {
  passed: number
  failed: number
  /** What failed, a line each. */
  failures: string[]
}
const nothingRan: Counts = { passed: 0, failed: 1, failures: ['nothing ran to its end'] }

async function run(
  command: string,
  args: string[],
  cwd = root,
  environment: Record<string, string> = {},
): Promise<number> {
  const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...environment } })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** A runner that ended badly without a failed test still counts as one failure. */
function settle(counts: Counts, code: number): Counts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

async function unitTests(): Promise<Counts> {
  const file = join(results, 'unit.json')
  const list = join(results, 'failures.txt')
  const reporters = [
    '--reporter=default',
    '--reporter=json',
    `--reporter=${join(import.meta.dirname, 'failure-reporter.ts')}`,
  ]
  const args = ['run', ...reporters, `--outputFile.json=${file}`, ...process.argv.slice(2)]
  const code = await run('vitest', args, root, { BIZQ_FAILURES: list })
  if (!existsSync(file)) return nothingRan
  const report = JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number }
  const failures = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : []
  return settle({ passed: report.numPassedTests, failed: report.numFailedTests, failures }, code)
}

async function browserTests(): Promise<Counts> {
  const file = join(results, 'browser.json')
  const app = join(root, 'marketplace-ui')
  const code = await run(join(app, 'node_modules/.bin/playwright'), ['test', '--reporter=line,json'], app, {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  })
  if (!existsSync(file)) return nothingRan
  const { stats, suites } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; flaky: number; unexpected: number }
    suites: Suite[]
  }
  const failures = suites.flatMap((suite) => failedIn(suite, []))
  return settle({ passed: stats.expected + stats.flaky, failed: stats.unexpected, failures }, code)
}

interface Suite {
  title: string
  suites?: Suite[]
  specs: { title: string; ok: boolean }[]
}

function failedIn({ title, suites = [], specs }: Suite, above: readonly string[]): string[] {
  const path = [...above, title]
  const own = specs.filter(({ ok }) => !ok).map((spec) => [...path, spec.title].join(' › '))
  return [...own, ...suites.flatMap((suite) => failedIn(suite, path))]
}

try {
  await buildAll()
  const unit = await unitTests()
  const isWhole = process.argv.length === 2
  const browser = isWhole ? await browserTests() : { passed: 0, failed: 0, failures: [] }
  for (const failure of [...unit.failures, ...browser.failures]) console.log(`FAILED ${failure}`)
  const failed = unit.failed + browser.failed
  console.log(`\nTests: ${unit.passed + browser.passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.log('\nTests: 0 passed, 1 failed')
  process.exitCode = 1
} finally {
  rmSync(results, { recursive: true, force: true })
}
