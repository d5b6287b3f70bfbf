import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Context } from 'hono'
import { withUnitOfWork, type UnitOfWork } from '../db/unit-of-work.ts'
import { ProblemError } from '../problems.ts'
import type { AppEnv, TransactOptions } from './router.ts'

declare module '../db/database.ts' {
  interface Database {
    idempotency_keys: {
      organisation_id: string
      actor: string
      operation: string
      key: string
      request_hash: string
      result: string | null
      created_at?: Date
    }
  }
}

/** The unit of work of a request. With an Idempotency-Key, a second request of the same key gets the first one's result and changes nothing. */
export function transactOf(c: Context<AppEnv>) {
  return async <T>(work: (unit: UnitOfWork) => Promise<T>, options: TransactOptions<T> = {}): Promise<T> => {
    const deps = c.get('deps')
    const key = c.req.method === 'GET' ? undefined : c.req.header('idempotency-key')
    if (key === undefined) return withUnitOfWork(deps, c.get('actor'), work)
    if (key.length < 8 || key.length > 200) {
      throw new ProblemError('invalid-request', { detail: 'An Idempotency-Key has 8 to 200 characters.' })
    }
    const requestHash = options.requestHash ?? (await hashOf(c))
    return withUnitOfWork(deps, c.get('actor'), (unit) =>
      onlyOnce(unit, { operation: `${c.req.method} ${c.req.path}`, key, requestHash }, work, options),
    )
  }
}

/** Refuses a request without an Idempotency-Key: for money, decisions and runs. */
export function requireIdempotencyKey(c: Context<AppEnv>): void {
  if (!c.req.header('idempotency-key')) {
    throw new ProblemError('idempotency-key-missing', {
      detail:
        'Send the header Idempotency-Key with a value of your own, the same on every retry of this request.',
    })
  }
}

async function hashOf(c: Context<AppEnv>): Promise<string> {
  const hash = createHash('sha256')
  const type = c.req.header('content-type') ?? ''
  if (type.startsWith('multipart/form-data')) {
    const form = await c.req.parseBody({ all: true })
    for (const name of Object.keys(form).sort()) {
      for (const part of [form[name]].flat()) {
        hash.update(`\0${name}\0`)
        hash.update(part instanceof File ? new Uint8Array(await part.arrayBuffer()) : String(part))
      }
    }
  } else {
    hash.update(new Uint8Array(await c.req.arrayBuffer()))
  }
  return hash.digest('hex')
}

interface OnceKey {
  operation: string
  key: string
  requestHash: string
}

async function onlyOnce<T>(
  unit: UnitOfWork,
  once: OnceKey,
  work: (unit: UnitOfWork) => Promise<T>,
  options: TransactOptions<T>,
): Promise<T> {
  const actor = unit.actor.token ?? unit.actor.user ?? 'system'
  const scope = { organisation_id: unit.actor.organisation, actor, operation: once.operation, key: once.key }
  const lock = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${Object.values(scope).join('\n')}, 0)) as free`.execute(
    unit.tx,
  )
  if (!lock.rows[0]?.free)
    throw new ProblemError('idempotency-in-flight', {
      detail: 'Wait for its answer, or ask again in a moment.',
    })

  const known = await unit.tx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'result'])
    .where((eb) => eb.and(scope))
    .executeTakeFirst()
  if (known) {
    if (known.request_hash !== once.requestHash) {
      throw new ProblemError('idempotency-mismatch', { detail: 'Use a new key for a new request.' })
    }
    return (known.result === null ? undefined : JSON.parse(known.result)) as T
  }
  const result = await work(unit)
  const kept = options.kept ? options.kept(result) : result
  await unit.tx
    .insertInto('idempotency_keys')
    .values({
      ...scope,
      request_hash: once.requestHash,
      result: kept === undefined ? null : JSON.stringify(kept),
    })
    .execute()
  return result
}
