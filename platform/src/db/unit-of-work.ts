import { sql, type Kysely, type Transaction } from 'kysely'
import type { PgBoss } from 'pg-boss'
import type { Database } from './database.ts'

/** `certifier` is a role of the platform's own organisation alone. */
export type Role = 'owner' | 'manager' | 'certifier' | 'viewer'

/** Who acts, for one organisation. Ids here are UUIDs. */
export interface Actor {
  organisation: string
  /** A person, an API token, or the platform itself (schedules, policies, sealing). */
  kind: 'user' | 'token' | 'system'
  /** The user, or the user who made the token; none for the platform. */
  user: string | null
  token?: string
  /** Of a person: the session that they are signed in with. */
  session?: string
  /** Of a provider's token: the one grant (UUID) that it is narrowed to. It acts within the operator's organisation and learns nothing of it. */
  grant?: string
  /** Of a token: everything of its organisation is stopped, and it with it. */
  isStopped?: boolean
  role: Role
  /** What a token may do; `*` for people and the platform. */
  scopes: readonly string[]
  /** What kind of organisation it acts for. */
  organisationKind: 'operator' | 'provider' | 'platform'
}

/** The events that features emit, by type. Each feature adds its own; payloads hold ids (TypeIDs) and plain facts, never personal values. */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface -- filled by the features
export interface DomainEvents {}

export type EventType = keyof DomainEvents & string

export interface DomainEvent<T extends EventType = EventType> {
  type: T
  payload: DomainEvents[T]
}

/** Runs inside the transaction that emits: for each event, or once for all that were emitted together. */
export type Listener =
  | ((unit: UnitOfWork, event: DomainEvent) => Promise<void>)
  | { all(unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> }

/** One transaction for one organisation. Verbs take it first; stores take its `tx`. */
export interface UnitOfWork {
  tx: Transaction<Database>
  actor: Actor
  /** The queue: `enqueue(unit, job, payload)` writes into this transaction. */
  boss: PgBoss
  /** Tells the listeners within this transaction, before it commits. */
  emit<T extends EventType>(type: T, payload: DomainEvents[T]): void
  /** Runs after the commit, never after a rollback. Errors are the callee's own. */
  afterCommit(work: () => void): void
  /** The time that is written down as now; a simulation brings its own. */
  clock(): Date
  /** Another actor's part of this transaction: see `withinTenant`, the one who may call it. */
  runAs<T>(actor: Actor, work: (unit: UnitOfWork) => Promise<T>): Promise<T>
}

export interface UnitSource {
  db: Kysely<Database>
  boss: PgBoss
  listeners: readonly Listener[]
  /** The real time unless a simulation says another. */
  clock?: () => Date
  /** Runs after the commit of a unit that emitted something. */
  afterCommit?: () => void
}

const attempts = 3
const deadlock = '40P01'

/**
 * The one constructor of a unit: opens the transaction, sets the organisation for row-level
 * security, runs the work, then the listeners of what it emitted, and commits. Two units that wait
 * for each other are no fault of either: the one that the database gives up is run again from the start.
 */
export async function withUnitOfWork<T>(
  source: UnitSource,
  actor: Actor,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runUnit(source, actor, work)
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== deadlock || attempt === attempts) throw error
    }
  }
}

async function runUnit<T>(
  source: UnitSource,
  actor: Actor,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  const after: (() => void)[] = []
  let hasEmitted = false
  const hear = () => void (hasEmitted = true)
  const result = await source.db
    .transaction()
    .execute((tx) => runAs({ source, tx, after, hear }, actor, work))
  for (const callback of after) callback()
  if (hasEmitted) source.afterCommit?.()
  return result
}

interface Running {
  source: UnitSource
  tx: Transaction<Database>
  after: (() => void)[]
  hear(): void
}

/** The work of one actor within the transaction, and the listeners of what it emitted. */
async function runAs<T>(running: Running, actor: Actor, work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  const { source, tx, after } = running
  await actFor(tx, actor.organisation)
  const emitted: DomainEvent[] = []
  const unit: UnitOfWork = {
    tx,
    actor,
    boss: source.boss,
    clock: source.clock ?? (() => new Date()),
    emit: (type, payload) => {
      running.hear()
      emitted.push({ type, payload })
    },
    afterCommit: (callback) => void after.push(callback),
    runAs: async (other, part) => {
      try {
        return await runAs(running, other, part)
      } finally {
        // In a transaction that failed this fails too, and nothing more can be done in it.
        await actFor(tx, actor.organisation).catch(() => {})
      }
    },
  }
  const value = await work(unit)
  for (let events = emitted.splice(0); events.length > 0; events = emitted.splice(0)) {
    for (const listener of source.listeners) await tell(listener, unit, events)
  }
  return value
}

async function actFor(tx: Transaction<Database>, organisation: string): Promise<void> {
  await sql`select set_config('bizq.organisation', ${organisation}, true), set_config('bizq.business', '', true)`.execute(
    tx,
  )
}

/**
 * A part of a unit of the platform's organisation that concerns another tenant: the same transaction, as the
 * platform itself in that tenant, with its audit entries and its events there. Throws for units of other organisations.
 */
export async function withinTenant<T>(
  unit: UnitOfWork,
  tenant: { organisation: string; kind: Actor['organisationKind'] },
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  if (unit.actor.organisationKind !== 'platform')
    throw new Error('only the platform’s organisation acts within another tenant')
  return unit.runAs(systemActor(tenant.organisation, tenant.kind), work)
}

async function tell(listener: Listener, unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> {
  if (typeof listener !== 'function') return listener.all(unit, events)
  for (const event of events) await listener(unit, event)
}

/** The platform acting on its own for one organisation: schedules, policies, carrying out. */
export function systemActor(
  organisation: string,
  organisationKind: Actor['organisationKind'] = 'operator',
): Actor {
  return { organisation, kind: 'system', user: null, role: 'owner', scopes: ['*'], organisationKind }
}
