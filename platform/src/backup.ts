import { randomUUID } from 'node:crypto'
import { open, readdir, readFile, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { pack, type Header, type Pack } from 'tar-stream'
import {
  databaseFolderOf,
  findInstallation,
  keyFingerprint,
  signInsFileOf,
  simulatorFile,
} from './installation.ts'

/** What is copied: a data folder, and the superuser's address of its running database. */
export interface BackupSource {
  home: string
  databaseUrl: string
  masterKey: string
  /** Writes all that the Stripe simulator keeps into a new file; where money is Stripe's own there is nothing to copy. */
  copySimulator?: ((file: string) => void) | undefined
}

/** Folders whose content a copy must not have: it is of the running server, or comes with the log's own files. */
const emptied = new Set([
  'pg_wal',
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
const leftOut = /^(postmaster\.(pid|opts)|pg_internal\.init|pgsql_tmp.*|backup_label.*|tablespace_map.*)$/
const control = 'global/pg_control'

/**
 * Copies a running installation: Postgres' low-level backup (docs: 25.3.6) as a tar of the data folder with
 * the write-ahead log that makes it whole, so that the copy starts as the database was when the backup
 * ended. The master key is in it only if asked for; without it the copy cannot be read.
 */
export function openBackup(source: BackupSource, options: { withKey: boolean }): Pack {
  const archive = pack()
  copy(source, options, archive).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return archive
}

async function copy(source: BackupSource, { withKey }: { withKey: boolean }, archive: Pack): Promise<void> {
  const client = new Client({ connectionString: source.databaseUrl, application_name: 'bizq-backup' })
  client.on('error', () => {})
  await client.connect()
  try {
    await describe(source, withKey, archive)
    const folder = databaseFolderOf(source.home)
    // Keeps the log's files from being reused while they are still to be copied; gone with this connection.
    const slot = `bizq_backup_${randomUUID().replaceAll('-', '')}`
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [slot])
    const { rows: started } = await client.query<{ file: string }>(
      "select pg_walfile_name(pg_backup_start('bizq', fast => true)) as file",
    )
    archive.entry({ name: 'postgres', type: 'directory', mode: 0o700 })
    await addFolder(archive, folder, '')
    await addFile(archive, folder, control)
    const { rows: stopped } = await client.query<{ file: string; labelfile: string; spcmapfile: string }>(
      'select pg_walfile_name(lsn) as file, labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)',
    )
    const [first, last] = [started[0]?.file ?? '', stopped[0]?.file ?? '']
    for (const name of (await readdir(join(folder, 'pg_wal'))).sort()) {
      if (/^[0-9A-F]{24}$/.test(name) && name >= first && name <= last)
        await addFile(archive, folder, `pg_wal/${name}`)
    }
    await addSimulator(archive, source)
    addText(archive, 'postgres/backup_label', stopped[0]?.labelfile ?? '')
  } finally {
    await client.end()
  }
}

async function describe({ home, masterKey }: BackupSource, withKey: boolean, archive: Pack): Promise<void> {
  const about = {
    format: 1,
    madeAt: new Date().toISOString(),
    keyFingerprint: keyFingerprint(masterKey),
    hasKey: withKey,
  }
  addText(archive, 'backup.json', `${JSON.stringify(about, null, 2)}\n`)
  addText(archive, 'installation.json', `${JSON.stringify(await findInstallation(home), null, 2)}\n`)
  if (!withKey) return
  addText(archive, 'master.key', `${masterKey}\n`)
  const signIns = signInsFileOf(home)
  if (existsSync(signIns)) addText(archive, 'demo-sign-ins.json', await readFile(signIns, 'utf8'))
}

/** After the database, so that it knows everything that the database has of it; what it knows besides is found again. */
async function addSimulator(archive: Pack, { home, copySimulator }: BackupSource): Promise<void> {
  if (!copySimulator) return
  const name = `${simulatorFile}.${randomUUID()}`
  try {
    copySimulator(join(home, name))
    await addFile(archive, home, name, simulatorFile)
  } finally {
    await rm(join(home, name), { force: true })
  }
}

function addText(archive: Pack, name: string, text: string): void {
  archive.entry({ name, mode: 0o600 }, text)
}

async function addFolder(archive: Pack, root: string, path: string): Promise<void> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(unlessGone)
  for (const entry of entries ?? []) {
    const inner = path ? `${path}/${entry.name}` : entry.name
    if (entry.isDirectory()) {
      archive.entry({ name: `postgres/${inner}`, type: 'directory', mode: 0o700 })
      if (!emptied.has(inner)) await addFolder(archive, root, inner)
    } else if (entry.isFile() && !leftOut.test(entry.name) && inner !== control) {
      await addFile(archive, root, inner)
    }
  }
}

/** One file as it is now. What grows or shrinks while it is read is put right by the log, so only its length must hold. */
async function addFile(archive: Pack, root: string, path: string, name = `postgres/${path}`): Promise<void> {
  const file = await open(join(root, path)).catch(unlessGone)
  if (!file) return
  try {
    const { size, mtime } = await file.stat()
    const header: Partial<Header> & { name: string } = { name, size, mtime, mode: 0o600 }
    await new Promise<void>((resolve, reject) => {
      const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()))
      pipeline(ofLength(file, size), entry).catch(reject)
    })
  } finally {
    await file.close()
  }
}

async function* ofLength(file: Awaited<ReturnType<typeof open>>, size: number): AsyncGenerator<Buffer> {
  const chunk = 256 * 1024
  for (let at = 0; at < size;) {
    const buffer = Buffer.alloc(Math.min(chunk, size - at))
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, at + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    yield buffer // zeros where the file has shrunk
    at += buffer.length
  }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
