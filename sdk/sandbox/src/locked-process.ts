import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { wrap, type Fences } from './fences.ts'
import type { Stage } from './stage.ts'

/** A child process that owns nothing: no environment, no files but its own, no network, no rights over others. */
export interface LockedProcess {
  /** Calls back once, when the process is gone and all it sent has been read, or could not be started (`cause`). */
  whenGone(tell: (code: number | null, signal: NodeJS.Signals | null, cause?: Error) => void): void
  orders: Writable
  reports: Readable
  /** First bytes of what it wrote to stdout and stderr, for telling how it ended. */
  lastWords(): string
  /** Pid of the node process itself, which a wrapper may have put below. */
  findPid(): number
  /** SIGKILL to its whole group. */
  kill(): void
}

const permissions = [
  '--permission',
  '--allow-addons',
  '--no-experimental-sqlite',
  '--no-warnings',
  '--disable-sigusr1',
]

/** In words that any POSIX shell knows. Data is address space that may be written to: 0.5 GiB an isolate, touched or not. */
const rlimits = [
  'ulimit -c 0',
  'ulimit -f 0',
  'ulimit -n 64',
  'ulimit -t 2000',
  `ulimit -d ${8 * 1024 * 1024}`,
]
/** Processes are counted by uid, so only a uid of its own can have few. Shells differ on the letter. */
const ownUidLimits = ['ulimit -u 64 || ulimit -p 64']

let started = 0

export function startLocked(
  fences: Fences,
  stage: Stage,
  entry = stage.entry,
  args: string[] = [stage.engine],
): LockedProcess {
  const binary = openSync(stage.node, 'r')
  try {
    const uid = fences.firstUid === undefined ? undefined : fences.firstUid + (started++ % 100)
    const node = existsSync('/proc/self/fd') ? '/proc/self/fd/4' : stage.node
    // The first process of a PID namespace is spared signals, its own too: there the shell stays.
    const go = fences.namespace === 'unshare' ? '"$@"; exit $?' : 'exec "$@"'
    const flags = [...permissions, `--allow-fs-read=${stage.directory}${path.sep}`]
    const limits = [...rlimits, ...(uid === undefined ? [] : ownUidLimits)].map(
      (limit) => `{ ${limit}; } 2>/dev/null; `,
    )
    const inner = ['/bin/sh', '-c', limits.join('') + go, 'sh', node, ...flags, entry, ...args]
    const { command, uid: startUid } = wrap(fences, inner, uid, [stage.directory])
    const child = spawn(command[0]!, command.slice(1), {
      cwd: '/',
      env: { TZ: 'UTC' },
      detached: true,
      // The binary is passed open: its folder may be closed to the child's uid.
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', binary],
      ...(startUid === undefined ? {} : { uid: startUid, gid: startUid }),
    })
    return handle(child)
  } finally {
    closeSync(binary)
  }
}

function handle(child: ChildProcess): LockedProcess {
  let words = ''
  const listen = (chunk: Buffer) => {
    if (words.length < 4_096) words += chunk.toString('latin1').slice(0, 4_096 - words.length)
  }
  child.stdout?.on('data', listen)
  child.stderr?.on('data', listen)
  // The exit says all there is to say about a broken pipe.
  const ignore = () => undefined
  for (const stream of child.stdio) {
    stream?.on('error', ignore)
    ;(stream as { unref?: () => void } | null)?.unref?.()
  }
  child.unref()
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
  }
  const whenGone: LockedProcess['whenGone'] = (tell) => {
    child.once('error', (error) => {
      if (child.pid === undefined) tell(null, null, error)
    })
    // `close` and not `exit`: reports that are still in the pipe come first.
    child.once('close', (code, signal) => {
      if (child.pid !== undefined) tell(code, signal ?? signalOf(code))
    })
  }
  return {
    whenGone,
    orders: child.stdin!,
    reports: child.stdio[3] as Readable,
    lastWords: () => words,
    findPid: () => findLeaf(child.pid ?? 0),
    kill,
  }
}

/** A wrapper passes on the signal that ended its command as 128 + number. */
function signalOf(code: number | null): NodeJS.Signals | null {
  const number = (code ?? 0) - 128
  const entry = Object.entries(constants.signals).find(([, value]) => value === number)
  return entry === undefined ? null : (entry[0] as NodeJS.Signals)
}

function findLeaf(pid: number): number {
  try {
    const [below] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    return below === undefined || below === '' ? pid : findLeaf(Number(below))
  } catch {
    return pid
  }
}
