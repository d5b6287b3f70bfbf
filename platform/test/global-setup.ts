import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate, prepareDatabase } from '../src/db/migrate.ts'
import { findFreePort, startPostgres } from '../src/db/postgres.ts'
import { allJobs } from '../src/jobs/all.ts'
import { openKeyring } from '../src/keyring.ts'
import { testMasterKey } from './master-key.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** One throwaway Postgres for the run, with a migrated template that every test file clones. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
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
  provide('postgresUrl', postgres.url)
  return stop
}

async function makeTemplate(postgresUrl: string): Promise<void> {
  const admin = new Client({ connectionString: postgresUrl })
  admin.on('error', () => {})
  await admin.connect()
  await admin.query('create database template')
  const url = new URL(postgresUrl)
  url.pathname = '/template'
  const keyring = openKeyring(testMasterKey)
  await prepareDatabase(url.toString(), keyring.password)
  await migrate(url.toString(), keyring.password('owner'), allJobs)
  await admin.query('alter database template is_template true')
  // A kept plan is general from the sixth time on: a statement that only works for given values fails here at once.
  for (const role of ['app', 'directory', 'auth', 'sealer'])
    await admin.query(`alter role bizq_${role} set plan_cache_mode to force_generic_plan`)
  await admin.end()
}
