import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../src/db/postgres.ts'
import { birthOf } from '../src/home-lock.ts'

/** An installation run as `pnpm start` runs it, in processes of its own. */
export interface RunningInstallation {
  url: string
  port: number
  process: ChildProcess
  /** Everything it printed so far. */
  output(): string
  /** Sends a signal and waits until it has ended. Resolves to its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

const root = join(import.meta.dirname, '../..')
const scripts = {
  start: join(root, 'platform/scripts/standalone.ts'),
  bizq: join(root, 'sdk/cli/src/main.ts'),
  'verify:audit': join(root, 'platform/scripts/verify-audit.ts'),
  'verify:ledger': join(root, 'platform/scripts/verify-ledger.ts'),
}

function environmentOf(values: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), BIZQ_DEMO: '0', ...values }
}

/** A folder for an installation: not there yet, within one that goes with `remove`. */
export async function newHome(): Promise<{ home: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bizq-home-'))
  await chmod(folder, 0o755)
  return { home: join(folder, 'home'), remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Starts it and waits until it says that it runs. Throws with what it printed when it ends instead. */
export async function startInstallation(values: Record<string, string>): Promise<RunningInstallation> {
  const port = Number(values['PORT'] ?? (await findFreePort()))
  const child = spawn(process.execPath, [scripts.start], {
    env: environmentOf({ ...values, PORT: String(port) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('BizQ is running')) resolve()
      })
    void ended.then((code) => reject(new Error(`ended with ${code}:\n${said}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    process: child,
    output: () => said,
    end: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs to its end: a start that is refused, or a command. */
export async function run(
  script: keyof typeof scripts,
  values: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [scripts[script], ...args], {
    env: environmentOf(values),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

/** The processes below this one that live now: the worker, Postgres and all of theirs. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    const text = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : ''
    if (text) parents.set(Number(name), Number(text.split(') ').at(-1)?.split(' ')[1]))
  }
  const found = [pid]
  for (const each of found) for (const [child, parent] of parents) if (parent === each) found.push(child)
  return found.slice(1)
}

/** Waits until none of these processes lives. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => birthOf(pid) !== undefined)) await sleep(50)
}

/** Waits until the address answers as it should, whatever it answers or refuses before. */
export async function untilReady(url: string): Promise<void> {
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (isReady) return
    await sleep(50)
  }
}

/** Each file of a folder with its size and time: equal where nothing was touched. */
export async function looksOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const looks = names.sort().map(async (name) => {
    const { size, mtimeMs } = await stat(join(folder, name))
    return `${name} ${size} ${mtimeMs}`
  })
  return Promise.all(looks)
}
