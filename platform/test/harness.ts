import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { inject, test as base } from 'vitest'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createDeps, type Deps, type DepsOptions } from '../src/deps.ts'
import type { Router } from '../src/http/router.ts'
import { testMasterKey } from './master-key.ts'
import { signUpOperator, type Person } from './people.ts'
import { fewChecks, noReview } from './services.ts'
import { connect, databaseOf } from './template.ts'

export interface Platform {
  deps: Deps
  app: Router
  /** The address of the superuser on this file's database: only to look at what no role may see. */
  adminUrl: string
}

/** A database of its own for the test file, the app on it, and a fresh operator in each test. */
export const test = base.extend<{ platform: Platform; operator: Person; stranger: Person }>({
  platform: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
    async ({}, use) => {
      const platform = await openPlatform()
      await use(platform)
      await platform.close()
    },
    { scope: 'file' },
  ],
  operator: async ({ platform }, use) => use(await signUpOperator(platform.app)),
  stranger: async ({ platform }, use) => use(await signUpOperator(platform.app)),
})

/** What a test changes of the platform; `stripe` are the environment's variables of that name. */
export interface PlatformOptions extends Pick<DepsOptions, 'stripeSyncs' | 'clock'> {
  stripe?: Record<string, string>
}

/** Clones the template and opens the app on it. For tests that need two databases or processes of their own. */
export async function openPlatform({ stripe, ...options }: PlatformOptions = {}): Promise<
  Platform & { close(): Promise<void> }
> {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const postgresUrl = inject('postgresUrl')
  const admin = await connect(postgresUrl)
  await admin.query(`create database ${name} template template`)
  const adminUrl = databaseOf(postgresUrl, name)
  const config = {
    ...readConfig({
      DATABASE_URL: adminUrl,
      BIZQ_MASTER_KEY: testMasterKey,
      PUBLIC_URL: 'http://127.0.0.1:3000',
      ALLOW_LOOPBACK_WEBHOOKS: '1',
      SIGN_INS_PER_MINUTE: '100000',
      ...stripe,
    }),
    databaseUrl: adminUrl,
    masterKey: testMasterKey,
  }
  const deps = await createDeps({
    releaseChecks: fewChecks,
    reviewRule: noReview,
    ...options,
    config,
    log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    connections: { app: 6, directory: 2, masked: 3, auth: 2, sealer: 1 },
  })
  return {
    deps,
    app: createApp(deps),
    adminUrl,
    close: async () => {
      await deps.close()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
