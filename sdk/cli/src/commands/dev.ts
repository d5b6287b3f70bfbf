import { watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createSandbox } from '@bizq/sandbox'
import { CommandError, exitCodes } from '../command-error.ts'
import { openDevServer } from '../dev/server.ts'
import { createSimulation, type DevState, type Simulation } from '../dev/simulation.ts'
import { openBrowser } from '../open-browser.ts'
import type { Output } from '../output.ts'

interface Options {
  port: string
  seed: string
  today?: string
  once: boolean
  open: boolean
}

const settleMs = 120

function wholeNumber(text: string, name: string, most: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0 && number <= most) return number
  throw new CommandError(`--${name} is a whole number up to ${most}, not ${text}.`, {
    exitCode: exitCodes.usage,
    code: 'usage',
  })
}

function dayOf(text: string | undefined): { today?: string } {
  if (text === undefined) return {}
  try {
    return { today: Temporal.PlainDate.from(text).toString() }
  } catch {
    throw new CommandError(`--today is a day such as 2026-12-01, not ${text}.`, {
      exitCode: exitCodes.usage,
      code: 'usage',
    })
  }
}

/** One line for each run. */
function summaryOf({ problem, run, cards, buildMs }: DevState, out: Output): string {
  if (problem !== null) return `${out.paint('red', 'does not build')}\n${problem}`
  if (!run) return 'has not run'
  const costs = [
    `${run.wallMs} ms`,
    ...(run.peakRssMib === null ? [] : [`${Math.round(run.peakRssMib)} MiB`]),
    `built in ${buildMs} ms`,
  ].join(', ')
  const style = run.outcome === 'succeeded' ? 'green' : 'red'
  const lines = [
    `${out.paint(style, run.outcome)}: ${cards.length} ${cards.length === 1 ? 'proposal' : 'proposals'} (${costs})`,
  ]
  if (run.detail !== null) lines.push(run.detail)
  return [...lines, ...run.problems.map(({ pointer, detail }) => `  ${pointer}: ${detail}`)].join('\n')
}

function wordsFor(state: DevState, out: Output): string {
  const { cards, run } = state
  const lines = [summaryOf(state, out)]
  for (const { sentence, type, confidence, blocked } of cards.slice(0, 20)) {
    lines.push(`  ${sentence} ${out.paint('dim', `(${type}, ${confidence})`)}`)
    if (blocked !== null) lines.push(`    ${out.paint('yellow', `could not be carried out: ${blocked}`)}`)
  }
  if (cards.length > 20) lines.push(`  … and ${cards.length - 20} more`)
  for (const { text } of run?.recommendations ?? []) lines.push(`  advice: ${text}`)
  if (run?.log)
    lines.push(
      'log:',
      ...run.log
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    )
  return lines.join('\n')
}

const isGood = ({ problem, run }: DevState) =>
  problem === null && (run?.outcome === 'succeeded' || run?.outcome === 'cannot-serve')

/** Calls back when the provider's own files were written, once they have settled. */
function watchSources(folder: string, tell: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(folder, { recursive: true }, (_, file) => {
    if (file === null || /(^|[/\\])(node_modules|dist|\.git)([/\\]|$)/.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(tell, settleMs)
  })
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}

const interrupted = () =>
  new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })

async function serve(
  out: Output,
  folder: string,
  simulation: Simulation,
  options: Options,
): Promise<DevState> {
  const server = await openDevServer(simulation, wholeNumber(options.port, 'port', 65_535))
  listeners.add(server.changed)
  const rebuild = async () => {
    await simulation.rebuild()
    const state = simulation.state()
    out.item({ event: 'ran', ...state }, summaryOf(state, out))
  }
  const stop = watchSources(folder, () => void rebuild())
  try {
    out.item(
      { event: 'serving', address: server.address },
      `Serving ${out.paint('bold', server.address)}; Ctrl-C ends it.`,
    )
    if (options.open) openBrowser(server.address)
    await rebuild()
    await interrupted()
    return simulation.state()
  } finally {
    stop()
    listeners.delete(server.changed)
    await server.close()
  }
}

const listeners = new Set<() => void>()

/** Runs a provider on an invented business: once, or at every change with a page in the browser. */
export async function dev(out: Output, folder: string, options: Options): Promise<number> {
  const root = resolve(folder)
  if (!(await stat(join(root, 'package.json')).catch(() => undefined))) {
    throw new CommandError(
      `${folder} has no package.json: name the folder of a provider, or make one with npm create bizq-provider.`,
      {
        exitCode: exitCodes.usage,
        code: 'no-project',
      },
    )
  }
  const sandbox = createSandbox({ maxProcesses: 1 })
  const onChange = () => listeners.forEach((tell) => tell())
  const seed = wholeNumber(options.seed, 'seed', 1_000_000)
  const simulation = createSimulation({ folder: root, sandbox, seed, ...dayOf(options.today), onChange })
  try {
    if (!options.once) {
      await serve(out, root, simulation, options)
      return exitCodes.ok
    }
    await simulation.rebuild()
    const state = simulation.state()
    out.result(state, wordsFor(state, out))
    return isGood(state) ? exitCodes.ok : exitCodes.failed
  } finally {
    await sandbox.close()
  }
}
