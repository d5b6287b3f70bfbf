import { createHash } from 'node:crypto'
import type { Fences } from './fences.ts'
import { createFrameReader, encodeFrame, type Order } from './frames.ts'
import { startLocked, type LockedProcess } from './locked-process.ts'
import { enclose } from './memory-cgroup.ts'
import { largestRssBytes, observe, type Observation } from './observation.ts'
import type { CheckedRequest, SandboxResult } from './request.ts'
import type { Stage } from './stage.ts'
import { readUsage, type Usage } from './watch.ts'

/** One child process and what it has been used for. */
export interface ChildSession {
  /** What it serves; undefined while it is blank. */
  release: string | undefined
  bundle: string | undefined
  /** Organisation whose personal data it has seen. */
  personalDataOf: string | undefined
  executions: number
  isBusy: boolean
  /** Killed, dead, or at fault: not to be used again. */
  isSpent: boolean
  /** Well, but left large by its last execution: the next one would start with the debt. */
  isTired: boolean
  usedAt: number
  /** Rejects when the process could not be started. */
  ready: Promise<void>
  run(request: CheckedRequest): Promise<SandboxResult>
  /** Kills it; resolves when it is gone. */
  end(): Promise<void>
}

/** A loaded machine may take seconds to start a process; one that takes longer never will. */
const startMs = 20_000
const restRssBytes = 160 * 1024 * 1024
const soundOutcomes = new Set<SandboxResult['outcome']>(['succeeded', 'failed', 'output-too-large'])
const frameBounds = { headerBytes: 65_536, payloadBytes: 8 * 1024 * 1024 }

/** Starts a blank child. `onEnd` is called once, when the process is gone. */
export function openChildSession(
  fences: Fences,
  stage: Stage,
  onEnd: (session: ChildSession) => void,
): ChildSession {
  const locked = startLocked(fences, stage)
  const ready = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  ready.promise.catch(() => undefined)
  const startDeadline = setTimeout(() => locked.kill(), startMs)
  let observation: Observation | undefined
  let pid = 0
  let usage: Usage | undefined
  let group: { remove(): void } | undefined

  const session: ChildSession = {
    release: undefined,
    bundle: undefined,
    personalDataOf: undefined,
    executions: 0,
    isBusy: false,
    isSpent: false,
    isTired: false,
    usedAt: performance.now(),
    ready: ready.promise,
    async run(request) {
      await ready.promise
      introduce(session, locked, request)
      observation = observe(request, pid, usage, () => locked.kill())
      send(locked, orderOf(request), Buffer.from(request.input))
      const result = await observation.settled
      usage = observation.usage()
      observation = undefined
      session.usedAt = performance.now()
      session.isSpent ||= !soundOutcomes.has(result.outcome)
      session.isTired = (usage?.rssBytes ?? 0) > restRssBytes
      return result
    },
    end() {
      session.isSpent = true
      locked.kill()
      return gone.promise
    },
  }

  const receive = (header: unknown, payload: Buffer) => {
    if (observation !== undefined) return observation.take(header, payload)
    if ((header as { type?: unknown } | undefined)?.type !== 'ready') return locked.kill()
    clearTimeout(startDeadline)
    pid = locked.findPid()
    usage = readUsage(pid)
    if (fences.memoryController !== undefined) group = enclose(fences.memoryController, pid, largestRssBytes)
    ready.resolve()
  }
  const refuse = () => (observation === undefined ? locked.kill() : observation.distrust())
  locked.reports.on('data', createFrameReader(frameBounds, receive, refuse))

  const leave = (code: number | null, signal: NodeJS.Signals | null, cause?: Error) => {
    session.isSpent = true
    clearTimeout(startDeadline)
    const lastWords = locked.lastWords().trim()
    const how = cause?.message ?? `it ended with ${signal ?? `code ${code}`}. ${lastWords.slice(0, 1_000)}`
    ready.reject(new Error(`The sandbox could not start its child process: ${how}`, { cause }))
    observation?.leave({ signal, lastWords })
    group?.remove()
    gone.resolve()
    onEnd(session)
  }
  locked.whenGone(leave)
  return session
}

/** The first request decides what a child serves for the rest of its life. */
function introduce(session: ChildSession, locked: LockedProcess, request: CheckedRequest): void {
  session.executions++
  session.usedAt = performance.now()
  if (request.personalData === true) session.personalDataOf = request.organisation ?? ''
  if (session.bundle !== undefined) return
  session.release = request.release
  session.bundle = request.bundle
  send(locked, { type: 'release' }, Buffer.from(request.bundle))
}

function send(locked: LockedProcess, order: Order, payload: Buffer): void {
  for (const part of encodeFrame(order, payload)) locked.orders.write(part)
}

function orderOf({ call, seed, now, timeZone, locale, limits }: CheckedRequest): Order {
  const digest = createHash('sha256').update(Buffer.from(seed, 'hex')).digest()
  const words = [0, 4, 8, 12].map((at) => digest.readUInt32BE(at)) as [number, number, number, number]
  const { wallMs, memoryMib, outputBytes, logBytes } = limits
  return { type: 'run', call, seed: words, now, timeZone, locale, wallMs, memoryMib, outputBytes, logBytes }
}
