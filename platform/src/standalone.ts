import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createApp } from './app.ts'
import { readConfig, type Config } from './config.ts'
import { migrate, prepareDatabase } from './db/migrate.ts'
import { findFreePort, startPostgres, type RunningPostgres } from './db/postgres.ts'
import { createDeps, createLogger } from './deps.ts'
import * as home from './installation.ts'
import { allJobs } from './jobs/all.ts'
import { openKeyring, type Keyring } from './keyring.ts'
import { openPages } from './pages.ts'
import { startServer } from './server.ts'

const database = 'bizq'

export interface Standalone {
  url: string
  home: string
  isFirstStart: boolean
  installation: home.Installation
  /** Drains requests and jobs and ends everything, children included. */
  stop(): Promise<void>
}

interface Opened {
  stop(): Promise<void>
}

/**
 * The whole product on one port: Postgres (its own, unless DATABASE_URL is set), API, worker and both
 * apps. Refuses, having touched nothing, when the port is taken, the data is from a newer version, or
 * its master key is missing.
 */
export async function startStandalone(config: Config = readConfig()): Promise<Standalone> {
  await requireFreePort(config)
  const installation = await home.findInstallation(config.home)
  home.requireKnownSchema(config.home, installation)
  const masterKey = await home.requireMasterKey(config.home, config.masterKey, installation)
  const opened: Opened[] = []
  const stop = async () => {
    for (const each of opened.splice(0).reverse()) await each.stop()
  }
  try {
    const lock = await home.lockHome(config.home)
    opened.push({ stop: lock.release })
    const keyring = openKeyring(masterKey)
    const databaseUrl = config.databaseUrl ?? (await openOwnDatabase(config, keyring, opened))
    await prepareDatabase(databaseUrl, keyring.password)
    await migrate(databaseUrl, keyring.password('owner'), allJobs)
    const saved = {
      ...(installation ?? home.newInstallation(masterKey, config.port)),
      schema: home.newestMigration(),
      port: config.port,
    }
    await home.saveInstallation(config.home, saved)
    await openProcesses({ ...config, databaseUrl, masterKey }, opened)
    return {
      url: config.publicUrl,
      home: config.home,
      isFirstStart: !installation,
      installation: saved,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function openOwnDatabase(config: Config, keyring: Keyring, opened: Opened[]): Promise<string> {
  const folder = home.databaseFolderOf(config.home)
  await endOrphan(folder)
  const postgres = await startPostgres({
    folder,
    password: keyring.password('postgres'),
    port: await findFreePort(),
    isDurable: true,
  })
  opened.push(postgres)
  await createDatabase(postgres)
  const url = new URL(postgres.url)
  url.pathname = `/${database}`
  return url.toString()
}

async function createDatabase(postgres: RunningPostgres): Promise<void> {
  const { Client } = await import('pg')
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database])
    if (!rowCount) await client.query(`create database ${database}`)
  } finally {
    await client.end()
  }
}

/** A Postgres that outlived a killed parent still holds the data folder: it is asked to end first. */
async function endOrphan(folder: string): Promise<void> {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!pid || !home.isAlive(pid)) return
  process.kill(pid, 'SIGINT')
  for (let tries = 0; tries < 200 && home.isAlive(pid); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50))
}

async function openProcesses(
  config: Config & { databaseUrl: string; masterKey: string },
  opened: Opened[],
): Promise<void> {
  const log = createLogger(config)
  const deps = await createDeps({ config, log })
  opened.push({ stop: deps.close })
  opened.push(await startWorkerProcess(config, (message) => log.warn(message)))
  const pages = await openPages({ trustsProxy: config.trustsProxy })
  const server = await startServer(createApp(deps), { host: config.host, port: config.port, pages })
  opened.push({ stop: server.close })
}

/** The worker is a process of its own, started again when it dies. */
async function startWorkerProcess(
  config: Config & { databaseUrl: string; masterKey: string },
  warn: (message: string) => void,
): Promise<Opened> {
  let isStopping = false
  let child: ChildProcess | undefined
  const environment = {
    ...config.environment,
    DATABASE_URL: config.databaseUrl,
    BIZQ_MASTER_KEY: config.masterKey,
    BIZQ_HOME: config.home,
  }
  const start = () =>
    new Promise<void>((resolve) => {
      const worker = fork(join(import.meta.dirname, 'main.ts'), ['worker'], {
        env: environment,
        detached: true,
      })
      child = worker
      worker.once('message', () => resolve())
      worker.once('exit', (code, signal) => {
        resolve()
        if (isStopping) return
        warn(`the worker ended (${signal ?? code}) and is started again`)
        setTimeout(() => void start(), 500)
      })
    })
  await start()
  return {
    stop: async () => {
      isStopping = true
      const worker = child
      if (!worker || worker.exitCode !== null || worker.signalCode !== null) return
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      worker.kill('SIGTERM')
      const patience = setTimeout(() => worker.kill('SIGKILL'), 20_000)
      await ended
      clearTimeout(patience)
    },
  }
}

async function requireFreePort({ host, port }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is taken by another program.`
          : `Port ${port} on ${host} cannot be used: ${error.message}.`
      reject(
        new Error(
          `${why}\nStop that program, or start BizQ on another port: PORT=${port + 1} pnpm start. Nothing was changed.`,
        ),
      )
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
