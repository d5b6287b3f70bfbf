import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'

/** What an installation's data folder says about itself. */
const Installation = z
  .object({
    /** The last migration that its database has, empty before the first; data of a newer one than this program knows is not touched. */
    schema: z.string(),
    /** Decided by the very first start: an installation that holds somebody's data is never mixed with the demo. */
    wantsDemo: z.boolean().optional(),
    /** Whether the demo data is in. */
    hasDemo: z.boolean(),
    keyFingerprint: z.string(),
    port: z.number(),
    createdAt: z.string(),
  })
  // Those of before it was decided there have their demo, or hold somebody's data.
  .transform((told) => ({ ...told, wantsDemo: told.wantsDemo ?? told.hasDemo }))
export type Installation = z.infer<typeof Installation>

const migrationFolder = join(import.meta.dirname, '../migrations')

/** The newest migration that this program brings. */
export function newestMigration(): string {
  const names = readdirSync(migrationFolder).filter((name) => name.endsWith('.ts'))
  return names.sort().at(-1)?.replace(/\.ts$/, '') ?? ''
}

export function keyFingerprint(masterKey: string): string {
  return createHash('sha256').update(`bizq:master-key:${masterKey}`).digest('hex').slice(0, 16)
}

export const installationFileOf = (home: string): string => join(home, 'installation.json')
export const keyFileOf = (home: string): string => join(home, 'master.key')
export const databaseFolderOf = (home: string): string => join(home, 'postgres')
export const signInsFileOf = (home: string): string => join(home, 'demo-sign-ins.json')

/** What the Stripe simulator keeps, in the data folder. */
export const simulatorFile = 'stripe-simulator.sqlite'

/** Reads what the folder says; nothing when it holds no installation yet. */
export async function findInstallation(home: string): Promise<Installation | undefined> {
  const file = installationFileOf(home)
  if (!existsSync(file)) return undefined
  try {
    return Installation.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new Error(`${file} cannot be read. Put it back from a backup. Nothing was changed.`, {
      cause: error,
    })
  }
}

/** Writes it whole or not at all. */
export async function saveInstallation(home: string, installation: Installation): Promise<void> {
  await writeWhole(installationFileOf(home), installation)
}

export async function writeWhole(file: string, content: unknown): Promise<void> {
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await rename(unfinished, file)
}

/**
 * The master key of this folder, from the environment or its file; none in a folder without data. Throws,
 * and has touched nothing, when the data is there and its key is not.
 */
export async function findMasterKey(
  home: string,
  given: string | undefined,
  installation: Installation | undefined,
): Promise<string | undefined> {
  const file = keyFileOf(home)
  const key = given ?? (existsSync(file) ? (await readFile(file, 'utf8')).trim() : undefined)
  if (key !== undefined && !/^[0-9a-f]{64}$/i.test(key))
    throw new Error(`${file} is no master key: it must hold 64 hex digits. Nothing was changed.`)
  if (!installation && !existsSync(databaseFolderOf(home))) return key
  if (!key) {
    throw new Error(
      `The master key of the data in ${home} is missing.\nPut it back at ${file} (mode 0600) or set BIZQ_MASTER_KEY. Without it nothing that was encrypted can be read. Nothing was changed.`,
    )
  }
  if (installation && keyFingerprint(key) !== installation.keyFingerprint) {
    throw new Error(
      `This master key is not the one of the data in ${home}.\nSet the right BIZQ_MASTER_KEY, or put the right file at ${file}. Nothing was changed.`,
    )
  }
  return key
}

/** Makes the master key of a new folder, which must be there. */
export async function makeMasterKey(home: string): Promise<string> {
  const key = randomBytes(32).toString('hex')
  await writeFile(keyFileOf(home), `${key}\n`, { mode: 0o600, flag: 'wx' })
  return key
}

/** Refuses data that a newer version wrote. */
export function requireKnownSchema(place: string, schema: string | undefined): void {
  const known = newestMigration()
  if (schema === undefined || schema <= known) return
  throw new Error(
    `The data in ${place} was written by a newer version of BizQ (it has ${schema}, this one knows up to ${known}).\nStart that version, or set BIZQ_HOME to another folder. Nothing was changed.`,
  )
}

/** Postgres does not run as root: the account that it runs as must be able to come to its folder. */
export async function requireReachable(home: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  for (let folder = dirname(resolve(home)); folder !== '/'; folder = dirname(folder)) {
    if (!existsSync(folder) || (await stat(folder)).mode & 0o001) continue
    throw new Error(
      `${folder} is closed to other accounts, and Postgres, which does not run as root, could not come to ${home}.\nSet BIZQ_HOME to another folder, such as /var/lib/bizq, or start BizQ as another user. Nothing was changed.`,
    )
  }
}

/** A database folder that was never finished holds nothing yet: it is made anew. */
export async function dropUnfinished(home: string, installation: Installation | undefined): Promise<void> {
  if (installation?.schema === '') await rm(databaseFolderOf(home), { recursive: true, force: true })
}

export function newInstallation(masterKey: string, port: number, wantsDemo: boolean): Installation {
  return {
    schema: '',
    wantsDemo,
    hasDemo: false,
    keyFingerprint: keyFingerprint(masterKey),
    port,
    createdAt: new Date().toISOString(),
  }
}
