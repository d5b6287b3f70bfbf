import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import { Client } from 'pg'
import { inject } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createDeps } from '../../src/deps.ts'
import { startWorker } from '../../src/worker.ts'
import type { Platform } from '../harness.ts'
import { testMasterKey } from '../master-key.ts'
import { fewChecks, noReview } from '../services.ts'

/** The environment of a platform on this database. */
export function environmentOf(
  databaseUrl: string,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    BIZQ_MASTER_KEY: testMasterKey,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    ALLOW_LOOPBACK_WEBHOOKS: '1',
    SIGN_INS_PER_MINUTE: '100000',
    SANDBOX_PROCESSES: '1',
    LOG_LEVEL: 'silent',
    NODE_COMPILE_CACHE: join(tmpdir(), 'bizq-test-compiled'),
    ...more,
  }
}

export interface Running extends Platform {
  look: Look
  close(): Promise<void>
}

/** The platform on this database, in the process of the test: what comes back after a crash. */
export async function openRunning(
  adminUrl: string,
  options: { isWorker: boolean; environment?: Record<string, string>; log?: Logger },
): Promise<Running> {
  const config = {
    ...readConfig(environmentOf(adminUrl, options.environment)),
    databaseUrl: adminUrl,
    masterKey: testMasterKey,
  }
  const deps = await createDeps({
    releaseChecks: fewChecks,
    reviewRule: noReview,
    config,
    log: options.log ?? pino({ level: 'silent' }),
    connections: { app: 4, directory: 2, masked: 1, auth: 1, sealer: 1 },
    isWorker: options.isWorker,
  })
  const worker = options.isWorker ? await startWorker(deps) : undefined
  const { look, close } = await openLook(adminUrl)
  return {
    look,
    deps,
    app: createApp(deps),
    adminUrl,
    close: async () => {
      await close()
      await worker?.close()
      await deps.close()
    },
  }
}

/** Makes and drops databases of the test's Postgres. */
export async function openGround(postgresUrl = inject('postgresUrl')) {
  const admin = new Client({ connectionString: postgresUrl })
  admin.on('error', () => {})
  await admin.connect()
  const made: string[] = []
  const urlOf = (name: string): string => {
    const url = new URL(postgresUrl)
    url.pathname = `/${name}`
    return url.toString()
  }
  const drop = (url: string) =>
    admin.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`)
  return {
    /** A new database like this one, which nobody may be connected to; like the migrated template by default. */
    clone: async (like?: string): Promise<string> => {
      const name = `c_${randomUUID().replaceAll('-', '')}`
      await admin.query(
        `create database ${name} template ${like ? new URL(like).pathname.slice(1) : 'template'}`,
      )
      made.push(urlOf(name))
      return urlOf(name)
    },
    drop,
    close: async () => {
      for (const url of made) await drop(url)
      await admin.end()
    },
  }
}
export type Ground = Awaited<ReturnType<typeof openGround>>

/** Rows of a statement, as the superuser. */
export type Look = <T>(statement: string, values?: unknown[]) => Promise<T[]>

/** One connection of the superuser's, to look at what no role may see. */
export async function openLook(adminUrl: string): Promise<{ look: Look; close(): Promise<void> }> {
  const client = new Client({ connectionString: adminUrl })
  client.on('error', () => {})
  await client.connect()
  return {
    look: async (statement, values = []) => (await client.query(statement, values)).rows,
    close: () => client.end(),
  }
}

/** Waits until it is so; the runner's time-out is the only bound. */
export async function until<T>(look: () => Promise<T | undefined | false>, everyMs = 150): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** How many connections to the platform's database wait for a lock that somebody else holds. */
export async function countWaiting({ adminUrl }: Pick<Platform, 'adminUrl'>): Promise<number> {
  // A connection of its own: within a transaction one sees the same activity for ever.
  const { look, close } = await openLook(adminUrl)
  const rows = await look(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  await close()
  return rows.length
}
