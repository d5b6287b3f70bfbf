import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Context } from 'hono'
import { withUnitOfWork, type UnitOfWork } from '../db/unit-of-work.ts'
import { ProblemError, type ProblemDetails, type ProblemSlug } from '../problems.ts'
import type { AppEnv, TransactOptions } from './router.ts'

interface KeptProblem {
  slug: ProblemSlug
  details: ProblemDetails
}

declare module '../db/database.ts' {
  interface Database {
    idempotency_keys: {
      organisation_id: string
      actor: string
      operation: string
      key: string
      request_hash: string
      result: string | null
      /** Where the answer was a refusal. */
      problem: unknown
      created_at?: Date
    }
  }
}

/**
 * The unit of work of a request. With an Idempotency-Key, a second request of the same key gets the first
 * one's answer and changes nothing: its result, kept in the change's own transaction, or its refusal.
 * What may pass by itself is not kept: 5xx, 429, and a request still in flight.
 */
export function transactOf(c: Context<AppEnv>) {
  return async <T>(work: (unit: UnitOfWork) => Promise<T>, options: TransactOptions<T> = {}): Promise<T> => {
    const deps = c.get('deps')
    const actor = c.get('actor')
    const key = c.req.method === 'GET' ? undefined : c.req.header('idempotency-key')
    if (key === undefined) return withUnitOfWork(deps, actor, work)
    if (key.length < 8 || key.length > 200) {
      throw new ProblemError('invalid-request', { detail: 'An Idempotency-Key has 8 to 200 characters.' })
    }
    const once: Once = {
      scope: {
        organisation_id: actor.organisation,
        actor: actor.token ?? actor.user ?? 'system',
        operation: `${c.req.method} ${c.req.path}`,
        key,
      },
      requestHash: options.requestHash ?? (await hashOf(c)),
    }
    const outcome = await withUnitOfWork(deps, actor, (unit) => onlyOnce(unit, once, work, options)).catch(
      async (error: unknown) => {
        if (mayKeep(error))
          await withUnitOfWork(deps, actor, (unit) => keep(unit, once, { problem: toKept(error) }))
        throw error
      },
    )
    if (outcome.problem) throw new ProblemError(outcome.problem.slug, outcome.problem.details)
    return outcome.result as T
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
  return createHash('sha256')
    .update(new Uint8Array(await c.req.arrayBuffer()))
    .digest('hex')
}

interface Once {
  scope: { organisation_id: string; actor: string; operation: string; key: string }
  requestHash: string
}

const passing: ReadonlySet<ProblemSlug> = new Set(['idempotency-in-flight', 'idempotency-mismatch'])

function mayKeep(error: unknown): error is ProblemError {
  return (
    error instanceof ProblemError && error.status < 500 && error.status !== 429 && !passing.has(error.slug)
  )
}

function toKept({ slug, details }: ProblemError): KeptProblem {
  return { slug, details }
}

async function onlyOnce<T>(
  unit: UnitOfWork,
  once: Once,
  work: (unit: UnitOfWork) => Promise<T>,
  options: TransactOptions<T>,
): Promise<{ result: T | undefined; problem?: KeptProblem }> {
  const lock = await sql<{ free: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${Object.values(once.scope).join('\n')}, 0)) as free`.execute(
    unit.tx,
  )
  if (!lock.rows[0]?.free)
    throw new ProblemError('idempotency-in-flight', {
      detail: 'Wait for its answer, or ask again in a moment.',
    })

  const known = await unit.tx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'result', 'problem'])
    .where((eb) => eb.and(once.scope))
    .executeTakeFirst()
  if (known) {
    if (known.request_hash !== once.requestHash) {
      throw new ProblemError('idempotency-mismatch', { detail: 'Use a new key for a new request.' })
    }
    if (known.problem) return { result: undefined, problem: known.problem as KeptProblem }
    return { result: known.result === null ? undefined : (JSON.parse(known.result) as T) }
  }
  const result = await work(unit)
  const kept = options.kept ? options.kept(result) : result
  await keep(unit, once, { result: kept })
  return { result }
}

/** Of two answers to one key, the one that changed something stays: a refusal is written when its lock is free again. */
async function keep(
  unit: UnitOfWork,
  { scope, requestHash }: Once,
  answer: { result?: unknown; problem?: KeptProblem },
): Promise<void> {
  const values = {
    request_hash: requestHash,
    result: answer.result === undefined ? null : JSON.stringify(answer.result),
    problem: answer.problem ? JSON.stringify(answer.problem) : null,
  }
  await unit.tx
    .insertInto('idempotency_keys')
    .values({ ...scope, ...values })
    .onConflict((oc) =>
      answer.problem
        ? oc.doNothing()
        : oc.columns(['organisation_id', 'actor', 'operation', 'key']).doUpdateSet(values),
    )
    .execute()
}

/** After seven days a key is free again. */
export async function forgetAnswers({ tx }: UnitOfWork): Promise<void> {
  await tx
    .deleteFrom('idempotency_keys')
    .where(sql<boolean>`created_at < now() - interval '7 days'`)
    .execute()
}
