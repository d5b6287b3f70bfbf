import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { migrate, prepareDatabase } from '../src/db/migrate.ts'
import { findFreePort, startPostgres } from '../src/db/postgres.ts'
import { allJobs } from '../src/jobs/all.ts'
import { openKeyring } from '../src/keyring.ts'
import { testMasterKey } from './master-key.ts'

/** A Postgres that is thrown away, with a migrated database `template` in it that others are cloned from. */
export interface TemplateServer {
  /** Of the superuser, on no particular database. */
  url: string
  stop(): Promise<void>
}

export async function openTemplateServer(): Promise<TemplateServer> {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bizq-test-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    folder: join(folder, 'data'),
    password: 'postgres',
    port: await findFreePort(),
    isDurable: false,
  })
  const stop = async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await makeTemplate(postgres.url)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: postgres.url, stop }
}

async function makeTemplate(postgresUrl: string): Promise<void> {
  const admin = await connect(postgresUrl)
  await admin.query('create database template')
  const url = databaseOf(postgresUrl, 'template')
  const { password } = openKeyring(testMasterKey)
  await prepareDatabase(url, password)
  await migrate(url, password('owner'), allJobs)
  await admin.query('alter database template is_template true')
  await admin.end()
}

/** A connection that whatever ends it does not end this process. */
export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** The address of another database of the same server. */
export function databaseOf(address: string, name: string): string {
  const url = new URL(address)
  url.pathname = `/${name}`
  return url.toString()
}
