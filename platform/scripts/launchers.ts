import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { birthOf } from '../src/home-lock.ts'

/** The shells and package managers between the command that was typed and this program. */
const launcher =
  /^(\S*\/)?(npm|npx|pnpm|pnpx|corepack)\b|^(\S*\/)?(sh|bash|dash) -c |\b(npm|npx|pnpm)(-cli)?(\.c?js)?\b/

/**
 * Calls `gone` once when one of the programs that launched this one has ended. npm answers SIGTERM by
 * ending itself and its shell, and tells nothing to what they ran.
 */
export function watchLaunchers(gone: () => void): void {
  const chain = launchersOf(process.ppid)
  if (chain.length === 0) return
  const timer = setInterval(() => {
    if (chain.every(({ pid, birth }) => birthOf(pid) === birth)) return
    clearInterval(timer)
    gone()
  }, 1_000)
  timer.unref()
}

function launchersOf(first: number): { pid: number; birth: string | undefined }[] {
  const chain = []
  for (let pid = first; pid > 1;) {
    const { parent, command } = describe(pid)
    if (!launcher.test(command)) break
    chain.push({ pid, birth: birthOf(pid) })
    pid = parent
  }
  return chain
}

function describe(pid: number): { parent: number; command: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { parent: Number(stat?.split(' ')[1]), command }
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' })
    const [, parent, command = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? []
    return { parent: Number(parent), command }
  }
}
