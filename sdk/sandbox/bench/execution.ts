/**
 * Prints one JSON line for each figure. `node bench/execution.ts [--smoke] [bundle.js input.json]`; without files a
 * small provider on 200 KB of invoices. The sides of a comparison are taken in turns, in one run.
 */
import { readFileSync } from 'node:fs'
import vm from 'node:vm'
import { createSandbox, type SandboxRequest } from '../src/index.ts'

const isSmoke = process.argv.includes('--smoke')
const [bundleFile, inputFile] = process.argv.slice(2).filter((word) => word !== '--smoke')
const bundle = bundleFile === undefined ? smallProvider() : readFileSync(bundleFile, 'utf8')
const input = inputFile === undefined ? invoices(200_000) : readFileSync(inputFile, 'utf8')
const sizes = { bundleBytes: Buffer.byteLength(bundle), inputBytes: Buffer.byteLength(input) }
const rounds = isSmoke ? 5 : 100
const many = isSmoke ? 20 : 1_000

const request: SandboxRequest = {
  release: 'bench',
  bundle,
  call: 'execute',
  input,
  seed: '2a',
  now: Date.UTC(2026, 0, 15),
  timeZone: 'Europe/Berlin',
  locale: 'de-DE',
}

const sandbox = createSandbox({ maxProcesses: 2 })
try {
  await expectSuccess()
  print('fences', { ...sandbox.stats().fences })
  await compareWithVm()
  await runMany()
  await startCold()
} finally {
  await sandbox.close()
}

/** A fresh isolate in a locked process, transport included, against a fresh context in this very process. */
async function compareWithVm(): Promise<void> {
  const isolateMs: number[] = []
  const contextMs: number[] = []
  const cachedMs: number[] = []
  const text = asScript(bundle)
  const script = new vm.Script(text)
  const inContext = async (make: () => vm.Script) => {
    const context = vm.createContext({})
    const run = make().runInContext(context) as (call: string, input: string) => string | Promise<string>
    await run('execute', input)
  }
  for (let round = 0; round < rounds; round++) {
    isolateMs.push(await timed(() => expectSuccess()))
    contextMs.push(await timed(() => inContext(() => new vm.Script(text))))
    cachedMs.push(await timed(() => inContext(() => script)))
  }
  const figures = {
    isolate: median(isolateMs),
    context: median(contextMs),
    contextOfCompiledScript: median(cachedMs),
  }
  print('fresh isolate against fresh node:vm context, median ms', {
    ...figures,
    ratio: round(figures.isolate / figures.context),
    rounds,
    ...sizes,
  })
}

async function runMany(): Promise<void> {
  let started = 0
  let peakMib = 0
  const ms = await timed(async () => {
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        while (started++ < many) peakMib = Math.max(peakMib, await expectSuccess())
      }),
    )
  })
  const { started: processes } = sandbox.stats()
  print('executions, a fresh isolate each', {
    executions: many,
    seconds: round(ms / 1000),
    perSecond: Math.round((many / ms) * 1000),
    peakRssMibOfOneChild: peakMib,
    processesAtOnce: 2,
    processesStarted: processes,
    ...sizes,
  })
}

async function startCold(): Promise<void> {
  const ms: number[] = []
  for (let round = 0; round < (isSmoke ? 2 : 20); round++) {
    ms.push(await timed(() => expectSuccess({ release: `cold ${round}` })))
  }
  print('first execution of a release, child process started for it, median ms', { ms: median(ms), ...sizes })
}

async function expectSuccess(change: Partial<SandboxRequest> = {}): Promise<number> {
  const result = await sandbox.run({ ...request, ...change })
  if (result.outcome !== 'succeeded')
    throw new Error(`the bench needs a bundle that succeeds: ${JSON.stringify(result)}`)
  return result.peakRssMib
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: number[]): number {
  return round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function print(figure: string, values: object): void {
  console.log(JSON.stringify({ figure, ...values }))
}

/** The text of a module as a script whose value is `run`; the code is otherwise the same. */
function asScript(module: string): string {
  const named = module.replace(/export\s*\{\s*([\w$]+) as run\s*\};?\s*$/, ';var run=$1')
  return `${named.replace(/^export (?=(?:async )?function|const|let)/gm, '')}\n;run`
}

/** Invoices as a provider receives them. */
function invoices(bytes: number): string {
  const rows: object[] = []
  for (let size = 0; size < bytes;) {
    const id = rows.length
    const isOpen = id % 3 === 0
    const row = {
      id: `inv_${id.toString(16).padStart(32, '0')}`,
      customer: `cus_${(id % 97).toString(16).padStart(32, '0')}`,
      dueAt: `2025-1${id % 3}-1${id % 10}`,
      paidAt: isOpen ? null : `2025-12-2${id % 10}`,
      amountDue: { amount: 100 + ((id * 7919) % 100_000), currency: 'EUR' },
      status: isOpen ? 'open' : 'paid',
      remindedAt: null,
      remindersSent: 0,
    }
    rows.push(row)
    size += JSON.stringify(row).length + 1
  }
  const settings = { graceDays: 5, daysBetweenReminders: 10, remindersAtMost: 3, remindersForOneCustomer: 3 }
  return JSON.stringify({ data: { invoices: rows }, settings, state: null })
}

function smallProvider(): string {
  return `
const daysLate = (dueAt, today) => Temporal.PlainDate.from(dueAt).until(today).days
function execute({ data, settings }) {
  const today = Temporal.Now.plainDateISO()
  const proposals = []
  for (const [customer, rows] of Map.groupBy(data.invoices, (row) => row.customer)) {
    const late = rows.filter((row) => row.status === 'open' && daysLate(row.dueAt, today) > settings.graceDays)
    const owed = late.reduce((sum, row) => sum + row.amountDue.amount, 0)
    const worst = late.toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1))[0]
    if (worst) proposals.push({ type: 'invoice.remind', invoice: worst.id, customer, impact: owed, confidence: 0.97 })
  }
  proposals.sort((a, b) => b.impact - a.impact)
  return { proposals: proposals.slice(0, 500), metrics: { invoices: data.invoices.length } }
}
export function run(call, input) {
  return JSON.stringify(execute(JSON.parse(input)))
}`
}
