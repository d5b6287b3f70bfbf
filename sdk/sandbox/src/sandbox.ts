import { availableParallelism } from 'node:os'
import { findFences, type Fences } from './fences.ts'
import { sweep } from './memory-cgroup.ts'
import { createPool, type Ground, type Pool, type PoolCounts } from './pool.ts'
import { checkRequest, type SandboxRequest, type SandboxResult } from './request.ts'
import { openStage } from './stage.ts'

export interface SandboxOptions {
  /** Child processes alive at once, about 60 MiB each; default: one a core, at least 2, at most 16. */
  maxProcesses?: number
  /** Executions after which a child is replaced; default 200. */
  recycleAfter?: number
  /** Closes the sandbox when aborted. */
  signal?: AbortSignal
}

/**
 * `processes`, `busy` and `queued` are of this moment; the rest counts since the sandbox was made. `lost` children
 * ended by deadline, memory, crash or fault of the guest; `recycled` ones by age, size, release or organisation.
 */
export interface SandboxStats extends PoolCounts {
  /** What this machine offers around a child; undefined before the first execution. */
  fences?: {
    ownUid: boolean
    namespace: Fences['namespace']
    diesWithParent: boolean
    cgroup: 'none' | 'v1' | 'v2'
  }
}

export interface Sandbox {
  /**
   * Runs one call in a fresh isolate. Whatever the guest does is a result. Rejects only with what no guest can be
   * blamed for: a request that is not sound (TypeError, RangeError), a child that cannot be started, a closed sandbox.
   */
  run(request: SandboxRequest): Promise<SandboxResult>
  /** Kills every child and resolves when they are gone. What was running or waiting rejects. */
  close(): Promise<void>
  stats(): SandboxStats
}

const nothingYet = { processes: 0, busy: 0, queued: 0, executions: 0, started: 0, lost: 0, recycled: 0 }

/**
 * A pool of locked child processes. Nothing is started before the first `run`, and nothing that is idle keeps the
 * program alive.
 *
 * @example
 * const sandbox = createSandbox()
 * const result = await sandbox.run({
 *   release: 'sha256:…', bundle: 'export const run = (call, input) => input', call: 'execute', input: '{}',
 *   seed: '2a', now: Date.now(), timeZone: 'Europe/Berlin', locale: 'de-DE',
 * })
 * if (result.outcome === 'succeeded') console.log(result.output)
 * await sandbox.close()
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return createSandboxOn(findFences, options)
}

/** `createSandbox` with the search for fences in the caller's hand, for tests of machines that offer less. */
export function createSandboxOn(find: () => Promise<Fences>, options: SandboxOptions = {}): Sandbox {
  const cores = Math.min(Math.max(availableParallelism(), 2), 16)
  const { maxProcesses = cores, recycleAfter = 200, signal } = options
  let ground: Ground | undefined
  let pool: Pool | undefined
  let opening: Promise<Pool> | undefined
  let closing: Promise<void> | undefined

  const leave = () => {
    pool?.killAll()
    ground?.stage.remove()
  }
  const abort = () => {
    void close()
  }

  async function open(): Promise<Pool> {
    const fences = await find()
    if (fences.memoryController !== undefined) sweep(fences.memoryController)
    ground = { fences, stage: openStage(fences.firstUid !== undefined) }
    pool = createPool(ground, maxProcesses, recycleAfter)
    return pool
  }

  async function run(request: SandboxRequest): Promise<SandboxResult> {
    const checked = checkRequest(request)
    const { inputBytes } = checked.limits
    if (checked.inputLength > inputBytes) {
      const detail = `the input has ${checked.inputLength} bytes; ${inputBytes} are allowed`
      return { outcome: 'input-too-large', detail, log: '', cpuMs: 0, wallMs: 0, peakRssMib: 0 }
    }
    return keepAlive(async () => {
      if (closing !== undefined) throw closedError()
      opening ??= open()
      const opened = await opening
      // Read anew: it may have been closed meanwhile.
      if ((closing as Promise<void> | undefined) !== undefined) throw closedError()
      return opened.run(checked)
    })
  }

  async function shut(): Promise<void> {
    process.removeListener('exit', leave)
    signal?.removeEventListener('abort', abort)
    await opening?.catch(() => undefined)
    await pool?.drain(closedError())
    ground?.stage.remove()
    if (ground?.fences.memoryController !== undefined) sweep(ground.fences.memoryController)
  }

  function close(): Promise<void> {
    closing ??= keepAlive(shut)
    return closing
  }

  process.once('exit', leave)
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort)

  return {
    run,
    close,
    stats: () => ({
      ...(pool?.counts() ?? nothingYet),
      ...(ground === undefined ? {} : { fences: describeFences(ground.fences) }),
    }),
  }
}

function closedError(): Error {
  return new Error('The sandbox is closed')
}

/** Children do not keep a program alive; what is awaited of them does. */
async function keepAlive<T>(work: () => Promise<T>): Promise<T> {
  const hold = setInterval(() => undefined, 60_000)
  try {
    return await work()
  } finally {
    clearInterval(hold)
  }
}

function describeFences({
  firstUid,
  namespace,
  setpriv,
  memoryController,
}: Fences): NonNullable<SandboxStats['fences']> {
  return {
    ownUid: firstUid !== undefined,
    namespace,
    diesWithParent: setpriv !== undefined || namespace === 'bwrap',
    cgroup: memoryController === undefined ? 'none' : `v${memoryController.version}`,
  }
}
