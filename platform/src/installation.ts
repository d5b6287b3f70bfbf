import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What an installation's data folder says about itself. */
export interface Installation {
  /** The last migration that its database has; a newer one than this program knows is not touched. */
  schema: string
  /** Whether the demo data is in. */
  hasDemo: boolean
  keyFingerprint: string
  port: number
  createdAt: string
}

const migrationFolder = join(import.meta.dirname, '../migrations')

/** The newest migration that this program brings. */
export function newestMigration(): string {
  return (
    readdirSync(migrationFolder)
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .at(-1)
      ?.replace(/\.ts$/, '') ?? ''
  )
}

function fingerprint(masterKey: string): string {
  return createHash('sha256').update(`bizq:master-key:${masterKey}`).digest('hex').slice(0, 16)
}

const fileOf = (home: string) => join(home, 'installation.json')
const keyFileOf = (home: string) => join(home, 'master.key')
export const databaseFolderOf = (home: string): string => join(home, 'postgres')

/** Reads what the folder says; nothing when it holds no installation yet. */
export async function findInstallation(home: string): Promise<Installation | undefined> {
  if (!existsSync(fileOf(home))) return undefined
  return JSON.parse(await readFile(fileOf(home), 'utf8')) as Installation
}

/** Writes it whole or not at all. */
export async function saveInstallation(home: string, installation: Installation): Promise<void> {
  const unfinished = `${fileOf(home)}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify(installation, null, 2)}\n`, { mode: 0o600 })
  await rename(unfinished, fileOf(home))
}

/**
 * The master key of this folder: from the environment, from its file, or a new one on the first
 * start. Throws, and has touched nothing, when the data is there and its key is not.
 */
export async function requireMasterKey(
  home: string,
  given: string | undefined,
  installation: Installation | undefined,
): Promise<string> {
  const file = keyFileOf(home)
  const key = given ?? (existsSync(file) ? (await readFile(file, 'utf8')).trim() : undefined)
  if (installation) {
    if (!key) {
      throw new Error(
        `The master key of the data in ${home} is missing.\nPut it back at ${file} (mode 0600) or set BIZQ_MASTER_KEY. Without it nothing that was encrypted can be read. Nothing was changed.`,
      )
    }
    if (fingerprint(key) !== installation.keyFingerprint) {
      throw new Error(
        `This master key is not the one of the data in ${home}. Set the right BIZQ_MASTER_KEY, or put the right file at ${file}. Nothing was changed.`,
      )
    }
    return key
  }
  if (key) return key
  const made = randomBytes(32).toString('hex')
  await mkdir(home, { recursive: true })
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
  return made
}

/** Refuses data that a newer version wrote. */
export function requireKnownSchema(home: string, installation: Installation | undefined): void {
  if (installation && installation.schema > newestMigration()) {
    throw new Error(
      `The data in ${home} was written by a newer version of BizQ (it has ${installation.schema}, this one knows up to ${newestMigration()}). Start that version, or set BIZQ_HOME to another folder. Nothing was changed.`,
    )
  }
}

/** Takes the folder for this process until `release`. Throws when another living process has it. */
export async function lockHome(home: string): Promise<{ release(): Promise<void> }> {
  await mkdir(home, { recursive: true })
  if (process.getuid?.() === 0) await chmod(home, 0o755)
  const file = join(home, 'bizq.pid')
  const pid = existsSync(file) ? Number(await readFile(file, 'utf8')) : 0
  if (pid && pid !== process.pid && isAlive(pid)) {
    throw new Error(
      `Another BizQ (process ${pid}) is running on ${home}. Stop it, or set BIZQ_HOME to another folder. Nothing was changed.`,
    )
  }
  await writeFile(file, String(process.pid), { mode: 0o600 })
  return { release: () => rm(file, { force: true }) }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export function newInstallation(masterKey: string, port: number): Installation {
  return {
    schema: '',
    hasDemo: false,
    keyFingerprint: fingerprint(masterKey),
    port,
    createdAt: new Date().toISOString(),
  }
}
