import { readEnding, type Ending } from './read-ending.ts'
import type { CheckedRequest, SandboxResult } from './request.ts'
import { readUsage, watch, type Usage } from './watch.ts'

const mib = 1024 * 1024
/** What the process may hold beside the input and what is made of it. */
const baseRssBytes = 256 * mib
/** The bound of the largest input: what a process is given by the kernel for its whole life. */
export const largestRssBytes = baseRssBytes + 8 * 32 * mib

/** The parent's eye on one execution. It settles once: by the child's word, or after the child is gone. */
export interface Observation {
  settled: Promise<SandboxResult>
  /** What the process used when it was last looked at. */
  usage(): Usage | undefined
  /** A frame of the child has come. */
  take(header: unknown, payload: Buffer): void
  /** The child has sent what a sound child cannot send. */
  distrust(): void
  /** The process is gone. */
  leave(how: { signal: NodeJS.Signals | null; lastWords: string }): void
}

type Verdict = { outcome: 'timed-out' | 'out-of-memory' | 'crashed'; detail: string }

/** `before` is the process's usage up to this execution. */
export function observe(
  request: CheckedRequest,
  pid: number,
  before: Usage | undefined,
  kill: () => void,
): Observation {
  const { limits } = request
  const startedAt = performance.now()
  const { promise: settled, resolve } = Promise.withResolvers<SandboxResult>()
  const log = openLog(limits.logBytes)
  const rssBoundBytes = baseRssBytes + 8 * request.inputLength
  const usage = followUsage(before)
  let verdict: Verdict | undefined

  const condemn = (found: Verdict) => {
    verdict ??= found
    kill()
  }
  const distrust = () => condemn({ outcome: 'crashed', detail: 'the child sent what it may not send' })
  const stopWatch = watch(pid, (seen) => {
    const { rssBytes, cpuMs } = usage.add(seen)
    if (rssBytes > rssBoundBytes) {
      const bound = Math.round(rssBoundBytes / mib)
      condemn({ outcome: 'out-of-memory', detail: `the process went over ${bound} MiB of resident memory` })
    } else if (cpuMs > limits.cpuMs) {
      condemn({ outcome: 'timed-out', detail: `it used more than ${limits.cpuMs} ms of CPU` })
    }
  })
  const deadline = setTimeout(() => {
    condemn({ outcome: 'timed-out', detail: `it took longer than ${limits.wallMs} ms` })
  }, limits.wallMs)

  const finish = (ending: Omit<Ending, 'cpuMs'>, cpuMs: number) => {
    clearTimeout(deadline)
    stopWatch()
    const last = readUsage(pid)
    if (last !== undefined) usage.add(last)
    const wallMs = round(performance.now() - startedAt)
    const peakRssMib = Math.round(usage.peakBytes() / mib)
    resolve({ ...ending, log: log.text(), cpuMs: round(cpuMs), wallMs, peakRssMib } as SandboxResult)
  }

  return {
    settled,
    usage: usage.latest,
    take(header, payload) {
      if (verdict !== undefined) return
      if ((header as { type?: unknown } | undefined)?.type === 'log') return log.add(payload)
      const ending = readEnding(header, payload, limits, request.bundle)
      if (ending === undefined) return distrust()
      const { cpuMs, ...rest } = ending
      finish(rest, cpuMs > 0 ? cpuMs : usage.cpuMs())
    },
    distrust,
    leave(how) {
      finish(verdict ?? judgeDeath(how, usage.peakBytes()), usage.cpuMs())
    },
  }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}

/** How a child that the parent did not kill came to its end. */
function judgeDeath(
  { signal, lastWords }: { signal: NodeJS.Signals | null; lastWords: string },
  peakBytes: number,
): Verdict {
  const how = signal ?? 'no signal'
  const saysMemory = /out of memory|allocation failed|bad_alloc|catastrophic/i.test(lastWords)
  if (saysMemory || peakBytes > baseRssBytes * 0.75) {
    return {
      outcome: 'out-of-memory',
      detail: `the process died (${how}) for want of memory`,
    }
  }
  return { outcome: 'crashed', detail: `the process died (${how})` }
}

function followUsage(before: Usage | undefined) {
  let latest: Usage | undefined = before
  let peak = before?.rssBytes ?? 0
  const cpuMs = () => (latest?.cpuMs ?? 0) - (before?.cpuMs ?? 0)
  return {
    add(seen: Usage) {
      latest = seen
      // The high-water mark is of the process's life: it counts here only if this execution has raised it.
      const mark = before !== undefined && seen.peakBytes > before.peakBytes ? seen.peakBytes : 0
      peak = Math.max(peak, seen.rssBytes, mark)
      return { rssBytes: seen.rssBytes, cpuMs: cpuMs() }
    },
    cpuMs,
    latest: () => latest,
    peakBytes: () => peak,
  }
}

function openLog(logBytes: number) {
  const parts: Buffer[] = []
  let room = logBytes
  return {
    add(part: Buffer) {
      if (room <= 0) return
      let end = Math.min(part.length, room)
      // Not in the middle of a character.
      while (end < part.length && end > 0 && (part[end]! & 0xc0) === 0x80) end--
      parts.push(part.subarray(0, end))
      room = end < part.length ? 0 : room - end
    },
    text: () => Buffer.concat(parts).toString(),
  }
}
