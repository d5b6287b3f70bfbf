import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a process uses, seen from outside. */
export interface Usage {
  rssBytes: number
  /** Highest since the process began; 0 where the machine does not tell. */
  peakBytes: number
  cpuMs: number
}

const hasProc = readUsage(process.pid) !== undefined

/** Undefined when the process is gone or the machine has no /proc. Costs about 40 µs. */
export function readUsage(pid: number): Usage | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    // After the name, which may hold anything, in brackets: utime and stime are the 12th and 13th field, in 1/100 s.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      rssBytes: kib('VmRSS') * 1024,
      peakBytes: kib('VmHWM') * 1024,
      cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    }
  } catch {
    return undefined
  }
}

/** Calls `see` about every 20 ms where there is /proc, every 100 ms through `ps` elsewhere, until stopped. */
export function watch(pid: number, see: (usage: Usage) => void): () => void {
  let isStopped = false
  const look = () => {
    if (hasProc) {
      const usage = readUsage(pid)
      if (usage !== undefined) see(usage)
    } else {
      askPs(pid, (usage) => {
        if (!isStopped) see(usage)
      })
    }
  }
  const timer = setInterval(look, hasProc ? 20 : 100)
  return () => {
    isStopped = true
    clearInterval(timer)
  }
}

function askPs(pid: number, see: (usage: Usage) => void): void {
  execFile('ps', ['-o', 'rss=,time=', '-p', `${pid}`], (error, stdout) => {
    const [, rss, time] = /^\s*(\d+)\s+([\d:.-]+)/.exec(stdout) ?? []
    if (error !== null || rss === undefined || time === undefined) return
    const [days, clock] = time.includes('-') ? time.split('-') : ['0', time]
    const seconds =
      (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
    see({ rssBytes: Number(rss) * 1024, peakBytes: 0, cpuMs: seconds * 1000 })
  })
}
