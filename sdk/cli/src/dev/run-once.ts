import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sandbox } from '@bizq/sandbox'
import {
  checkOutput,
  knownRows,
  type ExecutionInput,
  type ExecutionOutput,
  type OutputProblem,
} from '@bizq/sdk/contract'
import { sha256 } from '@bizq/sdk/contract/host'
import type { BuiltProvider } from '../build.ts'
import { bundleForNode, entryOf } from '../bundle.ts'

/** Where and when an execution takes place. */
export interface World {
  /** ISO 8601. */
  now: string
  timeZone: string
  locale: string
  domains: readonly string[]
}

/** How one execution ended, with what it cost. */
export interface Ran {
  outcome: string
  /** Why it did not succeed, in words. */
  detail: string | null
  /** Positions in the bundle, innermost first. */
  stack: { line: number; column: number }[]
  /** What the platform would refuse of the output. */
  problems: OutputProblem[]
  output: ExecutionOutput | null
  log: string
  wallMs: number
  cpuMs: number | null
  peakRssMib: number | null
  inputBytes: number
  outputBytes: number
}

interface Ended extends Pick<
  Ran,
  'outcome' | 'detail' | 'stack' | 'log' | 'wallMs' | 'cpuMs' | 'peakRssMib'
> {
  text: string | null
}

async function inSandbox(
  built: BuiltProvider,
  input: string,
  world: World,
  sandbox: Sandbox,
): Promise<Ended> {
  const { runtime } = built.manifest
  const given = runtime.kind === 'sandbox' ? (runtime.limits ?? {}) : {}
  const limits = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const result = await sandbox.run({
    release: built.digest,
    bundle: built.bundle,
    call: 'execute',
    input,
    seed: sha256(input).slice(0, 32),
    now: Date.parse(world.now),
    timeZone: world.timeZone,
    locale: world.locale,
    limits,
  })
  const { log, wallMs, cpuMs, peakRssMib, outcome } = result
  const costs = { log, wallMs, cpuMs, peakRssMib, outcome }
  if (result.outcome === 'succeeded') return { ...costs, detail: null, stack: [], text: result.output }
  if (result.outcome !== 'failed') return { ...costs, detail: result.detail, stack: [], text: null }
  const { name, message, stack } = result.error
  const known = { RetryLater: 'retry-later', CannotServe: 'cannot-serve' } as Readonly<Record<string, string>>
  return { ...costs, outcome: known[name] ?? 'failed', detail: `${name}: ${message}`, stack, text: null }
}

/** Serves the definition to a test platform, in a process of its own: the whole protocol, and no port. */
const remoteProgram = `import { createRemoteHandler } from '@bizq/sdk/remote'
import { createTestPlatform } from '@bizq/sdk/testing/platform'
import { readFileSync, writeFileSync } from 'node:fs'
const [inputFile, answerFile] = process.argv.slice(2)
const platform = await createTestPlatform()
const handler = createRemoteHandler(definition, { ...platform.options, onError: (error) => console.error(error) })
const answer = await platform.execute(handler, JSON.parse(readFileSync(inputFile, 'utf8')))
writeFileSync(answerFile, JSON.stringify(answer))`

const remoteTimeoutMs = 60_000

function runNode(file: string, args: string[]): Promise<{ said: string; failure: string | null }> {
  return new Promise((resolve) => {
    const options = { timeout: remoteTimeoutMs, maxBuffer: 16 * 1024 * 1024 }
    execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) => {
      resolve({ said: `${stdout}${stderr}`, failure: error === null ? null : error.message })
    })
  })
}

async function onThisMachine(folder: string, input: ExecutionInput, world: World): Promise<Ended> {
  const scratch = await mkdtemp(join(tmpdir(), 'bizq-dev-'))
  try {
    const [program, inputFile, answerFile] = ['run.mjs', 'input.json', 'answer.json'].map((name) =>
      join(scratch, name),
    )
    await writeFile(program ?? '', await bundleForNode(await entryOf(folder), remoteProgram))
    await writeFile(inputFile ?? '', JSON.stringify({ ...input, now: world.now, timeZone: world.timeZone }))
    const startedAt = performance.now()
    const { said, failure } = await runNode(program ?? '', [inputFile ?? '', answerFile ?? ''])
    const costs = {
      log: said,
      wallMs: Math.round(performance.now() - startedAt),
      cpuMs: null,
      peakRssMib: null,
      stack: [],
    }
    if (failure !== null) return { ...costs, outcome: 'failed', detail: failure, text: null }
    const answer = JSON.parse(await readFile(answerFile ?? '', 'utf8')) as {
      output?: object
      problem?: { code: string; detail?: string }
    }
    if (answer.output)
      return { ...costs, outcome: 'succeeded', detail: null, text: JSON.stringify(answer.output) }
    const { code = 'failed', detail = null } = answer.problem ?? {}
    return { ...costs, outcome: code, detail, text: null }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Runs a built provider once, as the platform would, and holds its output to the contract. */
export async function runOnce(
  folder: string,
  built: BuiltProvider,
  input: ExecutionInput,
  { world, sandbox }: { world: World; sandbox: Sandbox },
): Promise<Ran> {
  const { manifest } = built
  const text = JSON.stringify(input)
  const ended =
    manifest.runtime.kind === 'remote'
      ? await onThisMachine(folder, input, world)
      : await inSandbox(built, text, world, sandbox)
  const { text: output, ...rest } = ended
  const sizes = { inputBytes: Buffer.byteLength(text), outputBytes: Buffer.byteLength(output ?? '') }
  if (output === null) return { ...rest, ...sizes, output: null, problems: [] }
  const checked = checkOutput(output, {
    manifest,
    known: knownRows(input.data),
    money: manifest.money === 'scaled' ? 'scaled' : 'exact',
    domains: world.domains,
  })
  if (checked.ok) return { ...rest, ...sizes, output: checked.output, problems: [] }
  const detail = 'the platform would refuse this output'
  return { ...rest, ...sizes, outcome: 'invalid-output', detail, output: null, problems: checked.problems }
}
