import { readFileSync } from 'node:fs'

export interface PeakMemory {
  /** Of this process. */
  platformMib: number
  /** Of all sandbox processes together. */
  sandboxMib: number
}

const everyMs = 100
const pageBytes = 4_096

/** Follows the resident memory of this process and of its children, the database aside. */
export function watchMemory(): { stop(): PeakMemory } {
  const peak = { platformMib: 0, sandboxMib: 0 }
  const look = () => {
    peak.platformMib = Math.max(peak.platformMib, mib(process.memoryUsage.rss()))
    peak.sandboxMib = Math.max(peak.sandboxMib, mib(residentBelow(process.pid)))
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return peak
    },
  }
}

const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024)

function residentBelow(pid: number): number {
  let bytes = 0
  for (const child of childrenOf(pid)) {
    try {
      if (readFileSync(`/proc/${child}/comm`, 'utf8').startsWith('postgres')) continue
      bytes += Number(readFileSync(`/proc/${child}/statm`, 'utf8').split(' ')[1]) * pageBytes
    } catch {
      // It has ended meanwhile.
    }
    bytes += residentBelow(child)
  }
  return bytes
}

/** A machine without this file shows nothing of its children; then only this process counts. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}
