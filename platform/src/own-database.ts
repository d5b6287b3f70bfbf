import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { findFreePort, startPostgres, type PostgresOptions, type RunningPostgres } from './db/postgres.ts'
import { birthOf } from './home-lock.ts'

const database = 'bizq'

export interface OwnDatabase {
  /** The superuser's address of the database of the product. */
  url: string
  stop(): Promise<void>
}

/** Starts the Postgres of a data folder, and again when it dies, until it is stopped. */
export async function openOwnDatabase(
  folder: string,
  password: string,
  warn: (message: string) => void,
): Promise<OwnDatabase> {
  await endOrphan(folder)
  const options = { folder, password, port: await findFreePort(), isDurable: true, binaries: dirname(folder) }
  const postgres = await keepRunning(options, warn)
  await createDatabase(postgres.url)
  const url = new URL(postgres.url)
  url.pathname = `/${database}`
  return { url: url.toString(), stop: postgres.stop }
}

async function keepRunning(
  options: PostgresOptions,
  warn: (message: string) => void,
): Promise<Pick<RunningPostgres, 'url' | 'stop'>> {
  let isStopping = false
  let current = await startPostgres(options)
  const watch = async () => {
    await current.ended
    for (let wait = 100; !isStopping; wait = Math.min(wait * 2, 5_000)) {
      warn('the database ended and is started again')
      try {
        current = await startPostgres(options)
        // Asked to stop meanwhile: this one was not yet there to be told.
        if (isStopping) await current.stop()
        return void watch()
      } catch (error) {
        warn(String(error))
        await sleep(wait)
      }
    }
  }
  void watch()
  return {
    url: current.url,
    stop: () => {
      isStopping = true
      return current.stop()
    },
  }
}

async function createDatabase(postgresUrl: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl })
  client.on('error', () => {})
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
  const [pid, dataFolder] = readFileSync(file, 'utf8').split('\n')
  const birth = birthOf(Number(pid))
  if (!birth || dataFolder !== folder || !isPostgres(Number(pid))) return
  process.kill(Number(pid), 'SIGINT')
  for (let tries = 0; tries < 600; tries++) {
    if (birthOf(Number(pid)) !== birth) return
    await sleep(50)
  }
  throw new Error(
    `A Postgres (process ${pid}) still holds ${folder} and does not end. End it, then start again.`,
  )
}

/** Numbers of processes come again: what is not plainly a Postgres is left alone. */
function isPostgres(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`
  return !existsSync(file) || readFileSync(file, 'utf8').includes('postgres')
}
