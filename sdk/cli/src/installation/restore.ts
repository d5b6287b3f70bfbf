import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { CommandError } from '../command-error.ts'

export interface Restored {
  madeAt: string
  hasKey: boolean
}

const known =
  /^(backup\.json|installation\.json|master\.key|demo-sign-ins\.json|stripe-simulator\.sqlite|postgres(\/[\w.-]+)*)$/
const format = 1

/**
 * Unpacks a backup into `home`, which must be empty or not there; whole or not at all. Throws a
 * CommandError, having changed nothing, when it is not empty or `file` is not a whole backup.
 */
export async function restore(file: string, home: string): Promise<Restored> {
  await requireEmpty(home)
  await mkdir(dirname(resolve(home)), { recursive: true })
  const unfinished = `${resolve(home)}.restoring-${process.pid}`
  await mkdir(unfinished, { mode: 0o755 })
  try {
    await unpack(file, unfinished)
    const about = await aboutOf(unfinished)
    await rm(join(unfinished, 'backup.json'))
    await rmdir(home).catch(() => undefined)
    await rename(unfinished, home)
    return about
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (error instanceof CommandError) throw error
    throw new CommandError(
      `${file} cannot be restored: ${(error as Error).message}. ${home} was left as it was.`,
    )
  }
}

async function requireEmpty(home: string): Promise<void> {
  const names = await readdir(home).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new CommandError(`${home} cannot be used: ${error.message}.`)
  })
  if (names.length === 0) return
  throw new CommandError(
    `${home} is not empty (it holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}). Name an empty folder with --home. Nothing was changed.`,
  )
}

async function unpack(file: string, folder: string): Promise<void> {
  const archive = extract()
  const unpacking = (async () => {
    for await (const entry of archive) {
      const { name, type } = entry.header
      const path = name.replace(/\/$/, '')
      if (!known.test(path) || path.split('/').includes('..'))
        throw new CommandError(`${file} is no backup of BizQ: it holds ${JSON.stringify(name)}.`)
      if (type === 'directory') {
        await mkdir(join(folder, path), { mode: 0o700 })
        entry.resume()
      } else {
        await pipeline(entry, createWriteStream(join(folder, path), { mode: 0o600, flags: 'wx' }))
      }
    }
  })()
  await Promise.all([pipeline(createReadStream(file), createGunzip(), archive), unpacking])
}

async function aboutOf(folder: string): Promise<Restored> {
  const about = JSON.parse(await readFile(join(folder, 'backup.json'), 'utf8')) as Restored & {
    format: number
  }
  if (about.format !== format)
    throw new CommandError('This backup was made by a newer BizQ. Restore it with that version.')
  // What makes the copy whole comes last: without it the backup broke off.
  await readFile(join(folder, 'postgres/backup_label'))
  await chmod(join(folder, 'postgres'), 0o700)
  return about
}
