import {
  constants,
  accessSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'

/**
 * The few files a child may read, copied to a folder that any uid can reach: a checkout may lie in a folder of
 * mode 0700, and what is beside it is none of the child's business.
 */
export interface Stage {
  directory: string
  /** Entry module of the child. */
  entry: string
  /** The native module of the isolates. */
  engine: string
  /** The node binary as the child can start it, where `/proc/self/fd` does not do. */
  node: string
  remove(): void
}

const modules = [
  'frames',
  'child/main',
  'child/pipes',
  'child/execute',
  'child/report',
  'child/isolate',
  'child/guest/prelude',
  'child/guest/tools',
  'child/guest/dangers',
  'child/guest/errors',
  'child/guest/locale',
  'child/guest/time',
  'child/guest/random',
  'child/guest/console',
]

const prefix = 'bizq-sandbox-'

/** Copies the child's files. `forEveryone` says that the child will run as another uid. Throws when no folder will do. */
export function openStage(forEveryone: boolean): Stage {
  const temporary = findTemporary(forEveryone)
  sweepStages(temporary)
  const directory = mkdtempSync(path.join(temporary, prefix))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  try {
    chmodSync(directory, 0o755)
    write(directory, 'owner', ownerOf(process.pid))
    for (const folder of ['child', 'child/guest']) mkdirSync(path.join(directory, folder), { mode: 0o755 })
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
    for (const module of modules) {
      const text = readFileSync(new URL(`./${module}${extension}`, import.meta.url), 'utf8')
      const plain = extension === '.ts' ? stripTypes(text) : text
      // oxlint-disable-next-line unicorn/prefer-string-replace-all
      write(directory, `${module}.mjs`, plain.replace(/(from '\.[^']*)\.(?:ts|js)'/g, "$1.mjs'"))
    }
    const engine = path.join(directory, 'isolated-vm.node')
    copyFileSync(findEngine(), engine)
    chmodSync(engine, 0o644)
    return {
      directory,
      entry: path.join(directory, 'child/main.mjs'),
      engine,
      node: stageNode(directory, forEveryone),
      remove,
    }
  } catch (error) {
    remove()
    throw error
  }
}

/** Once here instead of in each child, which starts in 25 ms that way and in 60 otherwise. */
function stripTypes(text: string): string {
  const usual = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  // Only to leave out the notice that this function of node is young.
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    if (usual !== undefined) Object.defineProperty(process, 'emitWarning', usual)
  }
}

/** A process as nothing but itself: its pid within its namespace, so that another container's is never mistaken. */
function ownerOf(pid: number): string {
  const namespace = process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : hostname()
  return `${pid} ${namespace}`
}

/** Removes what processes that were killed have left. */
function sweepStages(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    if (!name.startsWith(prefix)) continue
    const directory = path.join(temporary, name)
    try {
      const owner = readFileSync(path.join(directory, 'owner'), 'utf8')
      const pid = Number.parseInt(owner, 10)
      if (owner === ownerOf(pid) && !isAlive(pid)) rmSync(directory, { recursive: true, force: true })
    } catch {
      // Somebody else's.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function write(directory: string, name: string, text: string): void {
  const file = path.join(directory, name)
  writeFileSync(file, text)
  chmodSync(file, 0o644)
}

/** Its own choice of build, without loading it: a native module has no place in the parent. */
function findEngine(): string {
  const entry = createRequire(import.meta.url).resolve('isolated-vm')
  const loader = createRequire(entry)('node-gyp-build') as { path(directory: string): string }
  return loader.path(path.dirname(entry))
}

function stageNode(directory: string, forEveryone: boolean): string {
  const isOpen = (statSync(process.execPath).mode & 0o005) === 0o005
  if (!forEveryone || (process.platform === 'linux' && isOpen)) return process.execPath
  const copy = path.join(directory, 'node')
  copyFileSync(process.execPath, copy, constants.COPYFILE_FICLONE)
  chmodSync(copy, 0o755)
  return copy
}

function findTemporary(forEveryone: boolean): string {
  const candidates = [tmpdir(), '/tmp', '/var/tmp']
  for (const candidate of candidates) {
    try {
      const directory = realpathSync(candidate)
      accessSync(directory, constants.W_OK)
      if (!forEveryone || isOpenToEveryone(directory)) return directory
    } catch {
      continue
    }
  }
  throw new Error(
    `The sandbox needs a temporary folder that every user may enter; tried ${candidates.join(', ')}. Set TMPDIR to one.`,
  )
}

function isOpenToEveryone(directory: string): boolean {
  const isOpen = (statSync(directory).mode & 0o001) !== 0
  const parent = path.dirname(directory)
  return isOpen && (parent === directory || isOpenToEveryone(parent))
}
