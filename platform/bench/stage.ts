import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { migrate, prepareDatabase } from '../src/db/migrate.ts'
import { findFreePort, startPostgres } from '../src/db/postgres.ts'
import { createDeps, type Deps } from '../src/deps.ts'
import type { Router } from '../src/http/router.ts'
import { allJobs } from '../src/jobs/all.ts'
import { openKeyring } from '../src/keyring.ts'
import { startServer } from '../src/server.ts'
import { fewChecks, noReview } from '../test/services.ts'

/** The product as it runs, on a durable Postgres of its own (fsync on) in a temporary folder. */
export interface Stage {
  deps: Deps
  app: Router
  port: number
  /** As the superuser: to fill tables and to clear them between rounds. */
  admin: Client
  adminUrl: string
  close(): Promise<void>
}

const masterKey = 'b'.repeat(64)

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'bizq-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    folder: join(folder, 'data'),
    password: 'postgres',
    port: await findFreePort(),
    isDurable: true,
  })
  const keyring = openKeyring(masterKey)
  await prepareDatabase(postgres.url, keyring.password)
  await migrate(postgres.url, keyring.password('owner'), allJobs)
  const config = {
    ...readConfig({ DATABASE_URL: postgres.url, BIZQ_MASTER_KEY: masterKey, SIGN_INS_PER_MINUTE: '100000' }),
    databaseUrl: postgres.url,
    masterKey,
  }
  const deps = await createDeps({
    releaseChecks: fewChecks,
    reviewRule: noReview,
    config,
    log: pino({ level: 'silent' }),
  })
  const app = createApp(deps)
  const server = await startServer(app, { host: '127.0.0.1', port: await findFreePort() })
  const admin = new Client({ connectionString: postgres.url })
  admin.on('error', () => {})
  await admin.connect()
  const close = async () => {
    try {
      await server.close()
      await deps.close()
      await admin.end()
    } finally {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
  let closing: Promise<void> | undefined
  return { deps, app, port: server.port, admin, adminUrl: postgres.url, close: () => (closing ??= close()) }
}
