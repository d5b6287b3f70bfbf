import { openChildSession, type ChildSession } from './child-session.ts'
import type { Fences } from './fences.ts'
import type { CheckedRequest, SandboxResult } from './request.ts'
import type { Stage } from './stage.ts'

/** Where children start: what surrounds them, and their files. */
export interface Ground {
  fences: Fences
  stage: Stage
}

export interface Pool {
  run(request: CheckedRequest): Promise<SandboxResult>
  /** Kills every child at once. */
  killAll(): void
  /** Rejects what runs or waits with `reason`; resolves when every child is gone. */
  drain(reason: Error): Promise<void>
  counts(): PoolCounts
}

export interface PoolCounts {
  /** Children alive now. */
  processes: number
  busy: number
  queued: number
  executions: number
  started: number
  lost: number
  recycled: number
}

interface Job {
  request: CheckedRequest
  queuedAt: number
  resolve: (result: SandboxResult) => void
  reject: (error: unknown) => void
}

/** A job whose release has a child goes before an older one for at most this long, to spare a child its end. */
const patienceMs = 500

/** Matches jobs with children: own release first, then a blank child, then a new one, then the place of an idle one. */
export function createPool(ground: Ground, maxProcesses: number, recycleAfter: number): Pool {
  const sessions = new Set<ChildSession>()
  const running = new Set<Job>()
  const counts = { executions: 0, started: 0, lost: 0, recycled: 0 }
  let queue: Job[] = []
  let isClosed = false

  function start(): ChildSession {
    const session = openChildSession(ground.fences, ground.stage, (ended) => {
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

  /** A child that is ending still counts, so there are never more than allowed. */
  function findRoom(request: CheckedRequest): ChildSession | undefined {
    const free = [...sessions].filter(isFree)
    const known = free.find((session) => suits(session, request))
    const blank = () => free.find(({ release }) => release === undefined)
    return known ?? blank() ?? (sessions.size < maxProcesses ? start() : undefined)
  }

  function pump(): void {
    if (isClosed) return
    const waiting: Job[] = []
    for (const [position, job] of queue.entries()) {
      const session = findRoom(job.request)
      if (session === undefined) waiting.push(job)
      else void serve(session, job)
      const isImpatient = session === undefined && performance.now() - job.queuedAt > patienceMs
      const isFull = sessions.size >= maxProcesses && ![...sessions].some(isFree)
      if (isImpatient || isFull) {
        waiting.push(...queue.slice(position + 1))
        break
      }
    }
    queue = waiting
    if (queue.length > 0) makeRoom()
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
    await session.run(job.request).then(job.resolve, job.reject)
    running.delete(job)
    session.isBusy = false
    if (session.isSpent) {
      counts.lost++
      void session.end()
    } else if (session.isTired || session.executions >= recycleAfter) {
      recycle(session)
    }
    pump()
  }

  return {
    run: (request) =>
      new Promise((resolve, reject) => {
        queue.push({ request, queuedAt: performance.now(), resolve, reject })
        pump()
      }),
    killAll() {
      for (const session of sessions) void session.end()
    },
    async drain(reason) {
      isClosed = true
      for (const job of [...queue, ...running]) job.reject(reason)
      queue = []
      await Promise.all([...sessions].map((session) => session.end()))
    },
    counts: () => ({
      processes: sessions.size,
      busy: [...sessions].filter(({ isBusy }) => isBusy).length,
      queued: queue.length,
      ...counts,
    }),
  }
}

function isFree({ isBusy, isSpent }: ChildSession): boolean {
  return !isBusy && !isSpent
}

function suits(session: ChildSession, request: CheckedRequest): boolean {
  if (session.release !== request.release || session.bundle !== request.bundle) return false
  return session.personalDataOf === undefined || session.personalDataOf === (request.organisation ?? '')
}
