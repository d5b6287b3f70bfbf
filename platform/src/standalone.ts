import { createHash } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startStripeSimulator } from '../stripe-simulator/index.ts'
import { createApp } from './app.ts'
import { readConfig, type Config, type StripeConfig } from './config.ts'
import type { BackupSource } from './backup.ts'
import { openControl } from './control.ts'
import { migrate, prepareDatabase } from './db/migrate.ts'
import { findFreePort } from './db/postgres.ts'
import { createDeps, type Deps } from './deps.ts'
import { invitePlatformOwner } from './features/identity/index.ts'
import { requireUsable } from './given-database.ts'
import { lockHome, requireUnheld } from './home-lock.ts'
import { verifyMoney } from './ledger-checks.ts'
import * as home from './installation.ts'
import { allJobs } from './jobs/all.ts'
import { openKeyring } from './keyring.ts'
import { openOwnDatabase } from './own-database.ts'
import { openLogFile, type LogFile } from './log-file.ts'
import { openPages } from './pages.ts'
import { startServer } from './server.ts'
import { modeOf, type PaymentsMode } from './stripe/client.ts'
import { startWorkerProcess } from './worker-process.ts'

export interface Standalone {
  url: string
  home: string
  isFirstStart: boolean
  installation: home.Installation
  /** Whose money is moved; of the simulator, where it answers. */
  payments: { mode: PaymentsMode; url: string | null }
  /** Invites an address to the organisation that runs the marketplace; answers the link to join by. */
  inviteOwner(email: string): Promise<string>
  /** Drains requests and jobs and ends everything, children included. */
  stop(): Promise<void>
}

interface Opened {
  stop(): Promise<void>
}

/**
 * The whole product on one port: Postgres (its own, unless DATABASE_URL is set), API, worker and both
 * apps. Refuses, having touched nothing, when the folder is in use, the port is taken, the data is from
 * a newer version, or its master key is missing or another.
 */
export async function startStandalone(
  config: Config = readConfig(),
  warn: (message: string) => void = () => {},
): Promise<Standalone> {
  const { installation, key, isNew } = await inspect(config)
  const opened: Opened[] = []
  const stop = async () => {
    for (let each = opened.pop(); each; each = opened.pop()) await each.stop()
  }
  try {
    const lock = await lockHome(config.home)
    opened.push({ stop: lock.release })
    const logFile = openLogFile(config)
    opened.push(logFile)
    const tell = (message: string) => {
      logFile.log.warn(message)
      warn(`${message} (${logFile.path})`)
    }
    const masterKey = key ?? (await home.makeMasterKey(config.home))
    const begun = installation ?? home.newInstallation(masterKey, config.port, config.hasDemo && isNew)
    if (!installation) await home.saveInstallation(config.home, begun)
    const databaseUrl = config.databaseUrl ?? (await openDatabaseOf(config, masterKey, tell, opened))
    const { password } = openKeyring(masterKey)
    await prepareDatabase(databaseUrl, password)
    await migrate(databaseUrl, password('owner'), allJobs)
    const saved = { ...begun, schema: home.newestMigration(), port: config.port }
    await home.saveInstallation(config.home, saved)
    const withStripe = await openStripeOf(config, masterKey, opened)
    const deps = await openProcesses({ ...withStripe, databaseUrl, masterKey }, logFile, tell, opened)
    const inviteOwner = async (email: string) => {
      const { secret } = await invitePlatformOwner(deps, email)
      return `${config.publicUrl}/join?secret=${secret}`
    }
    opened.push(
      await openControl({
        home: config.home,
        backup: sourceOf(withStripe, databaseUrl, masterKey),
        inviteOwner,
        verifyMoney: () => verifyMoney(deps),
        log: logFile.log,
      }),
    )
    return {
      url: config.publicUrl,
      home: config.home,
      isFirstStart: !installation,
      installation: saved,
      payments: { mode: deps.stripe.mode, url: withStripe.stripe.apiBase ?? null },
      inviteOwner,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Everything that can refuse a start, before anything is written. */
async function inspect(config: Config) {
  const installation = await home.findInstallation(config.home)
  await requireUnheld(config.home)
  home.requireKnownSchema(config.home, installation?.schema)
  const key = await home.findMasterKey(config.home, config.masterKey, installation)
  const isNew = config.databaseUrl ? await requireUsable(config.databaseUrl, key) : !installation
  if (!config.databaseUrl) await home.requireReachable(config.home)
  await requireFreePort(config)
  return { installation, key, isNew }
}

async function openDatabaseOf(
  config: Config,
  masterKey: string,
  warn: (message: string) => void,
  opened: Opened[],
): Promise<string> {
  await home.dropUnfinished(config.home, await home.findInstallation(config.home))
  const password = openKeyring(masterKey).password('postgres')
  const database = await openOwnDatabase(home.databaseFolderOf(config.home), password, warn)
  opened.push(database)
  return database.url
}

/**
 * Where money goes: to Stripe where a key is set, else to the simulator, which keeps its state in the data folder and
 * answers this machine alone.
 */
async function openStripeOf(
  config: Config,
  masterKey: string,
  opened: Opened[],
): Promise<Config & Pick<BackupSource, 'copySimulator'>> {
  if (modeOf(config.stripe) !== 'off') return config
  const keyring = openKeyring(masterKey)
  const secretOf = (purpose: string) => keyring.derive(purpose).toString('hex')
  const secretKey = `sk_test_${secretOf('stripe-simulator')}`
  const webhookSecret = `whsec_${secretOf('stripe-simulator webhooks')}`
  const host = config.host === '0.0.0.0' ? '127.0.0.1' : config.host
  const store = join(config.home, home.simulatorFile)
  const simulator = await startStripeSimulator({
    port: await simulatorPortOf(config.home),
    secretKey,
    webhookUrl: `http://${host}:${config.port}/stripe/webhooks`,
    webhookSecret,
    seed: secretOf('stripe-simulator ids'),
    store,
    terms: { settlementCurrencies: ['usd', 'eur', 'gbp'] },
  })
  opened.push({ stop: simulator.close })
  await chmod(store, 0o600)
  const stripe: StripeConfig = {
    ...config.stripe,
    secretKey,
    webhookSecret,
    publishableKey: undefined,
    apiBase: simulator.url,
  }
  const environment = {
    ...config.environment,
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_BASE: simulator.url,
  }
  return { ...config, stripe, environment, copySimulator: simulator.copyTo }
}

/** The same port at every start, if it is free: pages of the simulator that were opened stay where they are. */
async function simulatorPortOf(folder: string): Promise<number> {
  const port = 20_000 + (createHash('sha256').update(folder).digest().readUInt16BE() % 12_000)
  return requireFreePort({ host: '127.0.0.1', port }).then(
    () => port,
    () => findFreePort(),
  )
}

/** Only a database of our own is ours to copy. */
function sourceOf(
  { databaseUrl: given, home: folder, copySimulator }: Config & Pick<BackupSource, 'copySimulator'>,
  databaseUrl: string,
  masterKey: string,
): BackupSource | undefined {
  return given ? undefined : { home: folder, databaseUrl, masterKey, copySimulator }
}

async function openProcesses(
  config: Config & { databaseUrl: string; masterKey: string },
  { log, descriptor }: LogFile,
  warn: (message: string) => void,
  opened: Opened[],
): Promise<Deps> {
  const deps = await createDeps({ config, log })
  opened.push({ stop: deps.close })
  opened.push(await startWorkerProcess(config, descriptor, warn))
  const pages = await openPages({ trustsProxy: config.trustsProxy })
  const server = await startServer(createApp(deps), { host: config.host, port: config.port, pages })
  opened.push({ stop: server.close })
  return deps
}

async function requireFreePort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is taken by another program.`
          : `Port ${port} on ${host} cannot be used: ${error.message}.`
      reject(
        new Error(
          `${why}\nStop that program, or start BizQ on another port: PORT=${port + 1} npx -y pnpm@12 start. Nothing was changed.`,
        ),
      )
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
