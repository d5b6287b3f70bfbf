import { createSandbox, type Sandbox } from '@bizq/sandbox'
import type { Kysely } from 'kysely'
import { Client, type Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { destination, pino, type DestinationStream, type Logger } from 'pino'
import type { Config } from './config.ts'
import { openDatabase, openPool, roleUrl, type Database, type DatabaseRole } from './db/database.ts'
import type { Listener, UnitSource } from './db/unit-of-work.ts'
import { createAuth, type Auth } from './features/identity/better-auth.ts'
import type { TakenBack } from './features/billing/index.ts'
import { createMailer, type Mailer } from './features/actions/index.ts'
import { openEventHub, type EventHub } from './features/notifications/index.ts'
import { reviewByRisk, type ReleaseChecks, type ReviewRule } from './features/releases/index.ts'
import { takenBack } from './features/refunds/index.ts'
import { openOAuth, type OAuth } from './features/oauth/index.ts'
import { openTrial, type RemoteTrial, type TriedRelease } from './features/executions/index.ts'
import { openOutgoing, type Outgoing } from './http/outgoing.ts'
import { openKeyring, type Keyring } from './keyring.ts'
import { listeners } from './listeners.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createSigner, type Signer } from './signing/index.ts'
import { openStripe, type StripeClient } from './stripe/client.ts'
import type { StripeSync } from './stripe/sync.ts'
import { stripeSyncs } from './stripe-events.ts'

/** Everything that reaches outside the process, built once. */
export interface Deps extends UnitSource {
  config: Config
  keyring: Keyring
  log: Logger
  metrics: Metrics
  pools: Record<Exclude<DatabaseRole, 'owner'>, Pool>
  /** As the app role: one organisation at a time, through units of work. */
  db: Kysely<Database>
  /** As the directory role: reads the named cross-tenant views. */
  directory: Kysely<Database>
  boss: PgBoss
  auth: Auth
  signer: Signer
  /** The authorisation server; its tokens are asked for here too. */
  oauth: OAuth
  hub: EventHub
  /** Stripe, or the simulator that stands in for it. Never called within a transaction. */
  stripe: StripeClient
  stripeSyncs: readonly StripeSync[]
  takenBack: TakenBack
  sandbox: Sandbox
  /** What of the certification suite a release has to pass; the whole of its profiles unless a test asks for less. */
  releaseChecks: ReleaseChecks
  /** Which releases certifiers look at besides; by risk unless a test asks for none. */
  reviewRule: ReviewRule
  listeners: readonly Listener[]
  /** None when no mail server is set: mails are kept in the outbox. */
  mailer: Mailer | null
  /** The one way out to addresses that somebody else chose. */
  outgoing: Outgoing
  /** The present instant of everything that has to do with money. */
  clock: () => Date
  /** Tries a service on its provider's own server before it is published; with none given it is not tried. Null where none is taken. */
  openTrial: ((release: TriedRelease) => RemoteTrial | undefined) | null
  close(): Promise<void>
}

export interface DepsOptions {
  config: Config & { databaseUrl: string; masterKey: string }
  log?: Logger
  /** Pool sizes; tests keep them small. */
  connections?: Partial<Record<Exclude<DatabaseRole, 'owner'>, number>>
  releaseChecks?: ReleaseChecks
  reviewRule?: ReviewRule
  stripeSyncs?: readonly StripeSync[]
  /** Another present than the machine's, for simulations. */
  clock?: () => Date
  /** Whether this process supervises the queue and fires schedules. */
  isWorker?: boolean
}

const usualConnections = { app: 20, directory: 6, masked: 12, auth: 6, sealer: 2 }

/** Opens the adapters. `close` ends them in the reverse order. */
export async function createDeps(options: DepsOptions): Promise<Deps> {
  const { config } = options
  const log = options.log ?? createLogger(config)
  const keyring = openKeyring(config.masterKey)
  const onError = (error: Error) => log.warn({ err: error }, 'a database connection broke')
  const pool = (role: Exclude<DatabaseRole, 'owner'>) =>
    openPool({
      connectionString: roleUrl(config.databaseUrl, role, keyring.password(role)),
      max: options.connections?.[role] ?? usualConnections[role],
      name: role,
      ...(role === 'auth' ? { searchPath: 'auth' } : {}),
      isPipelined: role === 'masked',
      onError,
    })
  const pools = {
    app: pool('app'),
    directory: pool('directory'),
    masked: pool('masked'),
    auth: pool('auth'),
    sealer: pool('sealer'),
  }
  const boss = await startQueue(options, roleUrl(config.databaseUrl, 'app', keyring.password('app')), onError)
  const sandbox = createSandbox(config.sandboxProcesses ? { maxProcesses: config.sandboxProcesses } : {})
  const mailer = config.smtpUrl ? createMailer(config.smtpUrl, config.mailFrom) : null
  const outgoing = openOutgoing({ allowsLoopback: config.allowLoopbackWebhooks })
  const directory = openDatabase(pools.directory)
  const db = openDatabase(pools.app)

  const metrics = createMetrics()
  const auth = createAuth({
    pool: pools.auth,
    secret: keyring.derive('better-auth').toString('hex'),
    baseUrl: config.publicUrl,
  })
  const hub = await openEventHub({ auth, directory, log, metrics, pools }, () =>
    connectListener(roleUrl(config.databaseUrl, 'directory', keyring.password('directory'))),
  )

  const signer = createSigner({
    db,
    keyring,
    onError: (error) =>
      log.warn({ err: error }, 'the signing key could not be looked after; it is tried again'),
  })
  await signer.ready()

  const oauth = openOAuth({ auth, boss, config, db, directory, keyring, listeners, log, pools, signer })

  const deps: Deps = {
    config,
    keyring,
    log,
    metrics,
    hub,
    afterCommit: hub.announce,
    pools,
    db,
    directory,
    boss,
    stripe: openStripe(config.stripe),
    stripeSyncs: options.stripeSyncs ?? stripeSyncs,
    takenBack,
    sandbox,
    releaseChecks: options.releaseChecks ?? {},
    reviewRule: options.reviewRule ?? reviewByRisk,
    listeners,
    mailer,
    outgoing,
    clock: options.clock ?? (() => new Date()),
    signer,
    oauth,
    openTrial: (release) => openTrial(deps, release),
    auth,
    close: async () => {
      await boss.stop({ graceful: true, timeout: 10_000 })
      await sandbox.close()
      mailer?.close()
      await outgoing.close()
      await hub.close()
      await Promise.all(Object.values(pools).map((each) => each.end()))
    },
  }
  return deps
}

async function connectListener(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, application_name: 'bizq-events', keepAlive: true })
  await client.connect()
  return client
}

async function startQueue(options: DepsOptions, connectionString: string, onError: (error: Error) => void) {
  const boss = new PgBoss({
    connectionString,
    migrate: false,
    createSchema: false,
    max: options.isWorker ? 8 : 4,
    application_name: 'bizq-queue',
    useListenNotify: true,
    supervise: options.isWorker ?? false,
    schedule: options.isWorker ?? false,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 5,
    cronMonitorIntervalSeconds: 5,
    cronWorkerIntervalSeconds: 2,
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', onError)
  await boss.start()
  return boss
}

/** Logs are JSON lines; what could hold a secret is cut out by name. */
export function createLogger(
  config: Pick<Config, 'logLevel'>,
  to: DestinationStream = destination(1),
): Logger {
  const options = {
    level: config.logLevel,
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'headers.authorization',
        'headers.cookie',
        '*.password',
        '*.secret',
        '*.token',
        'password',
        'secret',
        'token',
        'err.parameters',
        'err.detail',
        'err.where',
      ],
      censor: '[redacted]',
    },
  }
  return pino(options, to)
}
