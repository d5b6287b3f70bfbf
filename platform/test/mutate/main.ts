import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { mutations } from './all.ts'
import { copyCheckout } from './copy.ts'
import type { Mutation } from './mutation.ts'

/**
 * Breaks the product in one small way at a time, in a copy, and shows that a test notices each.
 * `pnpm mutate [--only PATTERN] [--lanes N]`, the pattern over names and files. Ends with 1 if a sabotage survives or does not apply any more.
 */
const root = join(import.meta.dirname, '../../..')
const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, lanes: { type: 'string', default: '2' } },
})
const wanted = new RegExp(options.only)
const chosen = mutations.filter(({ name, file }) => wanted.test(`${name} ${file}`))
const longestMs = 5 * 60_000

type Fate = 'noticed' | 'SURVIVED' | 'ONLY HUNG' | 'DOES NOT APPLY' | 'TESTS BROKEN'
interface Outcome {
  mutation: Mutation
  fate: Fate
  seconds: number
  detail: string
}

interface Assertion {
  status: string
  title: string
  failureMessages: string[] | null
}
interface Report {
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; message: string; assertionResults: Assertion[] }[]
}

const running = new Set<ChildProcess>()

/** A runner with all that it started; its Postgres has a group of its own. */
function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  for (const each of [...startedBy(pid), pid]) {
    try {
      process.kill(-each, signal)
    } catch {
      // It is no group, or there is nothing left of it.
    }
  }
}

function startedBy(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number)
      .filter(Boolean)
  } catch {
    return []
  }
}

async function runTests(
  copy: string,
  { tests, only }: Pick<Mutation, 'tests' | 'only'>,
  withinMs = longestMs,
) {
  const file = join(copy, 'mutation-report.json')
  await rm(file, { force: true })
  const args = ['run', ...tests, '--reporter=json', `--outputFile=${file}`, '--bail=1']
  const child = spawn(join(copy, 'node_modules/.bin/vitest'), only ? [...args, '-t', only] : args, {
    cwd: copy,
    stdio: 'ignore',
    detached: true,
  })
  running.add(child)
  const patience = setTimeout(() => endGroup(child, 'SIGINT'), withinMs)
  const end = setTimeout(() => endGroup(child, 'SIGKILL'), withinMs + 30_000)
  await new Promise((resolve) => child.once('exit', resolve))
  clearTimeout(patience)
  clearTimeout(end)
  running.delete(child)
  return readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  )
}

/** A failed assertion notices; tests that could not even start, or that only waited for ever, prove nothing. */
function fateOf(report: Report | undefined): Pick<Outcome, 'fate' | 'detail'> {
  if (!report) return { fate: 'TESTS BROKEN', detail: 'no report' }
  const [failed] = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  if (failed) {
    const [why = ''] = stripVTControlCharacters(failed.failureMessages?.join('\n') ?? '').split('\n')
    const detail = `${failed.title}  ·  ${why.slice(0, 150)}`
    return { fate: /timed out in/i.test(why) ? 'ONLY HUNG' : 'noticed', detail }
  }
  if (report.numPassedTests === 0)
    return { fate: 'TESTS BROKEN', detail: report.testResults[0]?.message.split('\n')[0] ?? 'no test ran' }
  return { fate: 'SURVIVED', detail: `${report.numPassedTests} tests passed` }
}

async function sabotage(copy: string, mutation: Mutation): Promise<Outcome> {
  const startedAt = Date.now()
  const end = (fate: Fate, detail: string): Outcome => ({
    mutation,
    fate,
    detail,
    seconds: Math.round((Date.now() - startedAt) / 1_000),
  })
  const path = join(copy, mutation.file)
  const before = await readFile(path, 'utf8').catch(() => '')
  const places = before.split(mutation.find).length - 1
  if (places !== 1) return end('DOES NOT APPLY', `“find” stands ${places} times in ${mutation.file}`)
  await writeFile(
    path,
    before.replace(mutation.find, () => mutation.replace),
  )
  const { fate, detail } = fateOf(await runTests(copy, mutation))
  await writeFile(path, before)
  return end(fate, detail)
}

/** Without a sabotage every named test must pass, or a failure would say nothing. Answers what fails. */
async function findBroken(copy: string): Promise<string[]> {
  const broken: string[] = []
  for (const group of Map.groupBy(chosen, ({ only }) => only !== undefined).values()) {
    const tests = [...new Set(group.flatMap((each) => each.tests))]
    const only = group[0]?.only && [...new Set(group.map((each) => each.only))].join('|')
    const report = await runTests(copy, { tests, ...(only ? { only } : {}) }, 6 * longestMs)
    if (!report || report.numPassedTests === 0) broken.push(tests.join(' '))
    for (const { assertionResults, name, message } of report?.testResults ?? []) {
      const failed = assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title)
      if (failed.length > 0 || message) broken.push([name, ...failed, message].join('\n  '))
    }
  }
  return broken
}

async function sabotageAll(lanes: readonly string[]): Promise<Outcome[]> {
  const waiting = [...chosen]
  const outcomes: Outcome[] = []
  const work = async (lane: string): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const outcome = await sabotage(lane, next)
      outcomes.push(outcome)
      const { fate, seconds, detail } = outcome
      console.log(`${fate.padEnd(14)} ${String(seconds).padStart(3)} s  ${next.name}  ·  ${detail}`)
    }
  }
  await Promise.all(lanes.map(work))
  return outcomes
}

const startedAt = Date.now()
const folder = await mkdtemp(join(tmpdir(), 'bizq-mutate-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of running) endGroup(child, 'SIGINT')
    rmSync(folder, { recursive: true, force: true })
    process.exit(1)
  })
}
try {
  const lanes = Array.from({ length: Number(options.lanes) }, (_, i) => join(folder, String(i)))
  for (const lane of lanes) await copyCheckout(root, lane)
  const broken = await findBroken(lanes[0] ?? '')
  console.log(
    `${chosen.length} sabotages; their tests pass without any: ${broken.length === 0 ? 'yes' : 'no'}`,
  )
  for (const tests of broken) console.error(`It fails without any sabotage: ${tests}`)
  const outcomes = broken.length > 0 ? [] : await sabotageAll(lanes)
  const noticed = outcomes.filter(({ fate }) => fate === 'noticed').length
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1)
  console.log(`\n${noticed} of ${chosen.length} sabotages were noticed, in ${minutes} minutes`)
  process.exitCode = noticed === chosen.length && chosen.length > 0 ? 0 : 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
