import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The mark of the process that runs on a data folder: one at a time. */
interface Holder {
  pid: number
  /** When that process began, since numbers of processes come again. */
  birth: string
}

const fileOf = (home: string) => join(home, 'bizq.pid')

/** When a living process began, in whatever words this machine has for it; nothing when there is none. */
export function birthOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  const stat = `/proc/${pid}/stat`
  if (existsSync(stat)) {
    // The name in parentheses may hold anything; the start is the 20th field after it.
    return readFileSync(stat, 'utf8').split(') ').at(-1)?.split(' ')[19]
  }
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || 'alive'
}

async function holderOf(home: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(fileOf(home), 'utf8')) as Holder
    return birthOf(holder.pid) === holder.birth ? holder : undefined
  } catch {
    return undefined
  }
}

/** Throws when another living process has the folder. */
export async function requireUnheld(home: string): Promise<void> {
  const holder = await holderOf(home)
  if (!holder || holder.pid === process.pid) return
  throw new Error(
    `Another BizQ (process ${holder.pid}) is running on ${home}.\nStop it, or set BIZQ_HOME to another folder. Nothing was changed.`,
  )
}

/** Takes the folder for this process until `release`; makes it if absent. Throws when another living process has it. */
export async function lockHome(home: string): Promise<{ release(): Promise<void> }> {
  await requireUnheld(home)
  await mkdir(home, { recursive: true })
  if (process.getuid?.() === 0) await chmod(home, 0o755)
  const mine = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) ?? '' } satisfies Holder)
  await rm(fileOf(home), { force: true })
  await writeFile(fileOf(home), mine, { mode: 0o600, flag: 'wx' }).catch(async (error: unknown) => {
    await requireUnheld(home)
    throw error
  })
  return { release: () => rm(fileOf(home), { force: true }) }
}
