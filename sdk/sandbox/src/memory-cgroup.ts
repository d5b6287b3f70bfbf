import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

/** A folder of the memory controller in which this process may make groups of its own. */
export interface MemoryController {
  version: 1 | 2
  directory: string
}

/** Only what has been handed to this process: its own group with the memory controller on for those below it. */
export function findMemoryController(): MemoryController | undefined {
  try {
    const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')
    for (const line of lines) {
      const [, controllers = '', own = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
      if (controllers === 'memory')
        return offered({ version: 1, directory: path.join('/sys/fs/cgroup/memory', own) })
    }
    const own = lines.find((line) => line.startsWith('0::'))?.slice(3) ?? '/'
    const directory = path.join('/sys/fs/cgroup', own)
    const isOn = readFileSync(path.join(directory, 'cgroup.subtree_control'), 'utf8')
      .split(/\s/)
      .includes('memory')
    return isOn ? offered({ version: 2, directory }) : undefined
  } catch {
    return undefined
  }
}

function offered(controller: MemoryController): MemoryController | undefined {
  const probe = path.join(controller.directory, `bizq-probe-${process.pid}`)
  try {
    accessSync(controller.directory, constants.R_OK)
    mkdirSync(probe)
    const isReal = existsSync(
      path.join(probe, controller.version === 2 ? 'memory.max' : 'memory.limit_in_bytes'),
    )
    rmdirSync(probe)
    return isReal ? controller : undefined
  } catch {
    return undefined
  }
}

/** Puts a process into a group of its own, where the kernel kills it when it goes over `bytes`. */
export function enclose(
  { version, directory }: MemoryController,
  pid: number,
  bytes: number,
): { remove(): void } {
  const group = path.join(directory, `bizq-sandbox-${process.pid}-${pid}`)
  const set = (file: string, value: number) => writeFileSync(path.join(group, file), `${value}`)
  // The kernel takes a moment to empty the group of a process that has been killed.
  const remove = (triesLeft = 20) => {
    if (isRemoved(group) || triesLeft === 0) return
    setTimeout(() => remove(triesLeft - 1), 50).unref()
  }
  try {
    mkdirSync(group)
    set(version === 2 ? 'memory.max' : 'memory.limit_in_bytes', bytes)
    if (version === 2) set('memory.swap.max', 0)
    set('cgroup.procs', pid)
  } catch {
    remove()
  }
  return { remove }
}

/** Removes the empty groups of this process, and of processes that are no more. */
export function sweep({ directory }: MemoryController): void {
  for (const name of readdirSync(directory)) {
    const owner = /^bizq-sandbox-(\d+)-\d+$/.exec(name)?.[1]
    if (owner === undefined) continue
    if (Number(owner) === process.pid || !existsSync(`/proc/${owner}`)) isRemoved(path.join(directory, name))
  }
}

function isRemoved(group: string): boolean {
  try {
    rmdirSync(group)
    return true
  } catch {
    return !existsSync(group)
  }
}
