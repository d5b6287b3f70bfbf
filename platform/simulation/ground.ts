import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { pino } from 'pino'
import { readConfig } from '../src/config.ts'
import { findFreePort } from '../src/db/postgres.ts'
import { createDeps, type Deps } from '../src/deps.ts'
import { startStripeSimulator, type StripeSimulator } from '../stripe-simulator/index.ts'
import { testMasterKey } from '../test/master-key.ts'
import { connect, databaseOf } from '../test/template.ts'

/** What outlives the platform's process: the database, the Stripe simulator, and the time. */
export interface Ground {
  /** Of the platform's process. */
  environment: Record<string, string>
  url: string
  adminUrl: string
  /** Two at once: the driver's own, and what takes up a process that died. */
  admin: Pool
  simulator: StripeSimulator
  secretKey: string
  now(): Date
  /** Time goes forwards, for the platform's process when it is told so, and for Stripe. */
  moveTo(at: Date): void
  /** The platform's adapters in this process, at the simulated present. */
  openDeps(): Promise<Deps>
  close(): Promise<void>
}

/** A marketplace of its own at the beginning of time, in a Postgres that has a database `template`. */
export async function openGround(postgresUrl: string, start: Date): Promise<Ground> {
  const name = `s_${randomUUID().replaceAll('-', '')}`
  const server = await connect(postgresUrl)
  await server.query(`create database ${name} template template`)
  const adminUrl = databaseOf(postgresUrl, name)
  let now = start
  const secretKey = `sk_test_${randomUUID().replaceAll('-', '')}`
  const port = await findFreePort()
  const simulator = await startStripeSimulator({
    port: await findFreePort(),
    secretKey,
    webhookUrl: `http://127.0.0.1:${port}/stripe/webhooks`,
    webhookSecret: 'whsec_of_the_simulation',
    seed: 'simulation',
    terms: { settlementCurrencies: ['usd', 'eur', 'gbp'] },
    clock: () => now.getTime(),
  })
  const environment = environmentOf({ adminUrl, port, secretKey, stripeUrl: simulator.url })
  const url = `http://127.0.0.1:${port}`
  const admin = new Pool({ connectionString: adminUrl, max: 2 }).on('error', () => {})
  return {
    environment,
    url,
    adminUrl,
    admin,
    simulator,
    secretKey,
    now: () => now,
    moveTo: (at) => {
      now = at
      simulator.tick()
    },
    openDeps: () =>
      createDeps({
        config: { ...readConfig(environment), databaseUrl: adminUrl, masterKey: testMasterKey },
        log: pino({ level: 'silent' }),
        clock: () => now,
        connections: { app: 4, directory: 2, masked: 1, auth: 1, sealer: 1 },
      }),
    close: async () => {
      await admin.end()
      await simulator.close()
      await server.query(`drop database ${name} with (force)`)
      await server.end()
    },
  }
}

/** Of the platform's process. */
const environmentOf = (of: { adminUrl: string; port: number; secretKey: string; stripeUrl: string }) => ({
  DATABASE_URL: of.adminUrl,
  BIZQ_MASTER_KEY: testMasterKey,
  PORT: String(of.port),
  PUBLIC_URL: `http://127.0.0.1:${of.port}`,
  SIGN_INS_PER_MINUTE: '1000000',
  SANDBOX_PROCESSES: '1',
  LOG_LEVEL: 'silent',
  NODE_COMPILE_CACHE: join(tmpdir(), 'bizq-test-compiled'),
  STRIPE_SECRET_KEY: of.secretKey,
  STRIPE_WEBHOOK_SECRET: 'whsec_of_the_simulation',
  STRIPE_API_BASE: of.stripeUrl,
})
