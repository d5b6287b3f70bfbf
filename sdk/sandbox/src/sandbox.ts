import { availableParallelism } from 'node:os'
import { openChildSession, type ChildSession } from './child-session.ts'
import { findFences, type Fences } from './fences.ts'
import { checkRequest, type CheckedRequest, type SandboxRequest, type SandboxResult } from './request.ts'
import { openStage, type Stage } from './stage.ts'

export interface SandboxOptions {
  /** Child processes alive at once, about 60 MiB each; default: one a core, at least 2, at most 16. */
  maxProcesses?: number
  /** Executions after which a child is replaced; default 200. */
  recycleAfter?: number
  /** Closes the sandbox when aborted. */
  signal?: AbortSignal
}

export interface SandboxStats {
  /** Alive now. */
  processes: number
  busy: number
  queued: number
  /** Since the sandbox was made. */
  executions: number
  started: number
  /** Ended by deadline, memory, crash or fault of the guest. */
  lost: number
  /** Ended because of age, another release or another organisation. */
  recycled: number
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
   * Runs one call in a fresh isolate. Whatever the guest does is a result; it rejects only for a request that no
   * guest can be blamed for (TypeError, RangeError), when no child can be started, and when the sandbox is closed.
   */
  run(request: SandboxRequest): Promise<SandboxResult>
  /** Kills every child and resolves when they are gone. What was running or waiting rejects. */
  close(): Promise<void>
  stats(): SandboxStats
}

interface Job {
  request: CheckedRequest
  queuedAt: number
  resolve(result: SandboxResult): void
  reject(error: unknown): void
}

interface Ground {
  fences: Fences
  stage: Stage
}

/** A job whose release has a child goes before an older one for at most this long, to spare a child its end. */
const patienceMs = 500

/** A pool of locked child processes. Nothing is started before the first `run`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  return createSandboxOn(findFences, options)
}

/** `createSandbox` with the search for fences in the caller's hand, for tests of machines that offer less. */
export function createSandboxOn(find: () => Promise<Fences>, options: SandboxOptions = {}): Sandbox {
  const cores = Math.min(Math.max(availableParallelism(), 2), 16)
  const { maxProcesses = cores, recycleAfter = 200, signal } = options
  const sessions = new Set<ChildSession>()
  const running = new Set<Job>()
  const counts = { executions: 0, started: 0, lost: 0, recycled: 0 }
  let queue: Job[] = []
  let ground: Ground | undefined
  let preparation: Promise<Ground> | undefined
  let closing: Promise<void> | undefined

  const killAll = () => {
    for (const session of sessions) void session.end()
    ground?.stage.remove()
  }
  process.once('exit', killAll)

  async function prepare(): Promise<Ground> {
    const fences = await find()
    ground = { fences, stage: openStage(fences.firstUid !== undefined) }
    return ground
  }

  function start({ fences, stage }: Ground): ChildSession {
    const session = openChildSession(fences, stage, (ended) => {
      sessions.delete(ended)
      pump()
    })
    sessions.add(session)
    counts.started++
    return session
  }

  function recycle(session: ChildSession): void {
    counts.recycled++
    void session.end()
  }

  /** Gives waiting jobs to children. A child that is ending still counts, so there are never more than allowed. */
  function pump(): void {
    if (ground === undefined || closing !== undefined) return
    const waiting: Job[] = []
    for (const [position, job] of queue.entries()) {
      const session = findChild(sessions, job) ?? (sessions.size < maxProcesses ? start(ground) : undefined)
      if (session !== undefined) void serve(session, job)
      else waiting.push(job)
      const isImpatient = session === undefined && performance.now() - job.queuedAt > patienceMs
      if (isImpatient || (sessions.size >= maxProcesses && !hasFree())) {
        waiting.push(...queue.slice(position + 1))
        break
      }
    }
    queue = waiting
    if (queue.length > 0) makeRoom()
  }

  function hasFree(): boolean {
    return [...sessions].some(isFree)
  }

  /** A child that nobody waits for gives its place to one that is waited for. */
  function makeRoom(): void {
    const all = [...sessions]
    if (all.filter(({ isSpent }) => isSpent).length >= queue.length) return
    const oldest = all.filter(isFree).sort((a, b) => a.usedAt - b.usedAt)[0]
    if (oldest !== undefined) recycle(oldest)
  }

  async function serve(session: ChildSession, job: Job): Promise<void> {
    session.isBusy = true
    running.add(job)
    counts.executions++
    try {
      const result = await session.run(job.request)
      running.delete(job)
      job.resolve(result)
    } catch (error) {
      running.delete(job)
      job.reject(error)
    }
    session.isBusy = false
    if (session.isSpent) {
      counts.lost++
      void session.end()
    } else if (session.isTired || session.executions >= recycleAfter) {
      recycle(session)
    }
    pump()
  }

  async function run(request: SandboxRequest): Promise<SandboxResult> {
    const checked = checkRequest(request)
    const { inputBytes } = checked.limits
    if (checked.inputLength > inputBytes) {
      const detail = `the input has ${checked.inputLength} bytes; ${inputBytes} are allowed`
      return { outcome: 'input-too-large', detail, log: '', cpuMs: 0, wallMs: 0, peakRssMib: 0 }
    }
    if (closing !== undefined) throw closedError()
    return keepAlive(async () => {
      preparation ??= prepare()
      await preparation
      return enqueue(checked)
    })
  }

  function enqueue(request: CheckedRequest): Promise<SandboxResult> {
    return new Promise((resolve, reject) => {
      if (closing !== undefined) return reject(closedError())
      queue.push({ request, queuedAt: performance.now(), resolve, reject })
      pump()
    })
  }

  async function shut(): Promise<void> {
    process.removeListener('exit', killAll)
    signal?.removeEventListener('abort', close)
    for (const job of [...queue, ...running]) job.reject(closedError())
    queue = []
    await preparation?.catch(() => undefined)
    await Promise.all([...sessions].map((session) => session.end()))
    ground?.stage.remove()
  }

  function close(): Promise<void> {
    closing ??= keepAlive(shut)
    return closing
  }
  if (signal?.aborted === true) void close()
  signal?.addEventListener('abort', close)

  function stats(): SandboxStats {
    const busy = [...sessions].filter((session) => session.isBusy).length
    const now = { processes: sessions.size, busy, queued: queue.length, ...counts }
    return ground === undefined ? now : { ...now, fences: describeFences(ground.fences) }
  }

  return { run, close, stats }
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

function closedError(): Error {
  return new Error('The sandbox is closed')
}

/** A child that serves this release first, a blank one otherwise. */
function findChild(sessions: Set<ChildSession>, { request }: Job): ChildSession | undefined {
  const free = [...sessions].filter(isFree)
  return free.find((session) => suits(session, request)) ?? free.find(({ release }) => release === undefined)
}

function isFree({ isBusy, isSpent }: ChildSession): boolean {
  return !isBusy && !isSpent
}

function suits(session: ChildSession, request: CheckedRequest): boolean {
  if (session.release !== request.release || session.bundle !== request.bundle) return false
  return session.personalDataOf === undefined || session.personalDataOf === (request.organisation ?? '')
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
