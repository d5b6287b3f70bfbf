import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findMemoryController, type MemoryController } from './memory-cgroup.ts'

/**
 * What this machine offers to put around a child, beyond what node does by itself. Found out once, by trying;
 * what is not offered is simply absent, and `stats()` says so.
 */
export interface Fences {
  /** First of the uids that children get, one each; only where the parent is root. */
  firstUid: number | undefined
  /** Own network, IPC and processes; with bwrap own files too. */
  namespace: 'bwrap' | 'unshare' | 'none'
  /** `setpriv`: no new privileges, and death with the parent. */
  setpriv: string | undefined
  memoryController: MemoryController | undefined
}

const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']

export function findTool(name: string): string | undefined {
  return folders.map((folder) => `${folder}/${name}`).find((file) => existsSync(file))
}

/** `without` leaves fences out, to show that the rest still stands. */
export async function findFences(
  without: { namespace?: boolean; cgroup?: boolean; uid?: boolean } = {},
): Promise<Fences> {
  const isRoot = process.getuid?.() === 0
  // Below 65,536, which containers map, in the stretch that neither people, `nobody` nor systemd use.
  const candidate = 60_710 + Math.floor(Math.random() * 4) * 100
  const firstUid =
    isRoot && without.uid !== true && (await succeeds([...shell], candidate)) ? candidate : undefined
  const setpriv = findTool('setpriv')
  const hasSetpriv =
    setpriv !== undefined && (await succeeds([setpriv, ...deathWithParent, ...shell], firstUid))
  const fences: Fences = {
    firstUid,
    namespace: 'none',
    setpriv: hasSetpriv ? setpriv : undefined,
    memoryController: without.cgroup === true ? undefined : findMemoryController(),
  }
  // The watch must find the child below its wrapper, or it would watch the wrong process.
  const canFindChild = existsSync(`/proc/self/task/${process.pid}/children`)
  if (without.namespace === true || !canFindChild) return fences
  for (const namespace of ['bwrap', 'unshare'] as const) {
    const { command, uid } = wrap({ ...fences, namespace }, [...shell], firstUid, [])
    if (command[0] !== undefined && (await succeeds(command, uid))) return { ...fences, namespace }
  }
  return fences
}

const shell = ['/bin/sh', '-c', 'exit 0'] as const
const deathWithParent = ['--pdeathsig', 'KILL', '--no-new-privs']

/** Puts the fences before a command. `uid` of the answer is the one to start it with; a wrapper may change it itself. */
export function wrap(
  { namespace, setpriv }: Fences,
  command: string[],
  uid: number | undefined,
  readable: string[],
): { command: string[]; uid: number | undefined } {
  const withDeath = setpriv === undefined ? command : [setpriv, ...deathWithParent, ...command]
  if (namespace === 'bwrap') return { command: bwrap(withDeath, readable), uid }
  if (namespace === 'none') return { command: withDeath, uid }
  // The wrapper stays above the child, so it must die with the parent too.
  const above = setpriv === undefined ? [] : [setpriv, ...deathWithParent]
  const spaces = ['--net', '--ipc', '--uts', '--pid', '--fork', '--kill-child']
  const unshare = [...above, findTool('unshare') ?? 'unshare', ...spaces]
  if (uid === undefined || setpriv === undefined) {
    return { command: [...unshare, '--user', ...withDeath], uid }
  }
  // Root makes the namespaces without a user namespace, which many machines refuse, and then steps down.
  const stepDown = [
    '--reuid',
    `${uid}`,
    '--regid',
    `${uid}`,
    '--clear-groups',
    '--bounding-set=-all',
    '--inh-caps=-all',
  ]
  return {
    command: [...unshare, setpriv, ...stepDown, ...deathWithParent, ...command],
    uid: undefined,
  }
}

function bwrap(command: string[], readable: string[]): string[] {
  const tool = findTool('bwrap')
  if (tool === undefined) return []
  const system = [
    '/usr',
    '/bin',
    '/lib',
    '/lib64',
    '/lib32',
    '/nix/store',
    '/etc/ld.so.cache',
    '/etc/alternatives',
  ]
  const bind = [...system, ...readable].flatMap((file) => ['--ro-bind-try', file, file])
  const bounds = [
    '--unshare-all',
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
  ]
  return [tool, ...bounds, ...bind, '--chdir', '/', ...command]
}

function succeeds(command: string[], uid: number | undefined): Promise<boolean> {
  const [file = '', ...args] = command
  const identity = uid === undefined ? {} : { uid, gid: uid }
  return new Promise((resolve) => {
    try {
      execFile(file, args, { env: { TZ: 'UTC' }, cwd: '/', timeout: 5_000, ...identity }, (error) => {
        resolve(error === null)
      })
    } catch {
      resolve(false)
    }
  })
}
