import { fromKysely, type Queue } from 'pg-boss'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import type { Deps } from '../deps.ts'

/** A kind of job. The payload holds ids only and is kept in the queue's own tables. */
export interface JobDefinition<P extends object = object> {
  name: string
  queue: Omit<Queue, 'name'>
  /** `retries` says of each payload how often it was handed out before: above 0, that attempt is over. */
  handle(deps: Deps, payloads: P[], retries?: readonly number[]): Promise<void>
  /** How many payloads one call of the handler takes. */
  batchSize: number
  /** How many calls run side by side in one process. */
  concurrency: number
  /** A cron expression (UTC) when the job comes by the clock. */
  cron?: string
}

type JobOptions<P extends object> = Partial<Pick<JobDefinition<P>, 'batchSize' | 'concurrency' | 'cron'>> & {
  queue?: Omit<Queue, 'name'>
}

/**
 * Defines a job. A crashed process is noticed by its missing heartbeat within seconds, and the job
 * runs again: a handler must bear being run twice.
 */
export function defineJob<P extends object>(
  name: string,
  handle: JobDefinition<P>['handle'],
  options: JobOptions<P> = {},
): JobDefinition<P> {
  return {
    name,
    handle,
    batchSize: options.batchSize ?? 1,
    concurrency: options.concurrency ?? 2,
    ...(options.cron === undefined ? {} : { cron: options.cron }),
    queue: {
      notify: true,
      heartbeatSeconds: 10,
      expireInSeconds: 15 * 60,
      retryLimit: 5,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 300,
      retentionSeconds: 7 * 86_400,
      deleteAfterSeconds: 3_600,
      ...options.queue,
    },
  }
}

export interface EnqueueOptions {
  /** Not before this instant. */
  after?: Date
  /** At most one waiting job with this key, for queues whose policy says so. */
  key?: string
}

/** Puts a job into the queue in the unit's own transaction: it exists if and only if the change does. */
export async function enqueue<P extends object>(
  unit: Pick<UnitOfWork, 'tx' | 'boss'>,
  job: JobDefinition<P>,
  payload: P,
  options: EnqueueOptions = {},
): Promise<void> {
  await unit.boss.send(job.name, payload, {
    db: fromKysely(unit.tx),
    ...(options.after ? { startAfter: options.after } : {}),
    ...(options.key ? { singletonKey: options.key } : {}),
  })
}

/** The same for many at once, in one statement. */
export async function enqueueAll<P extends object>(
  unit: Pick<UnitOfWork, 'tx' | 'boss'>,
  job: JobDefinition<P>,
  payloads: readonly P[],
): Promise<void> {
  if (payloads.length === 0) return
  await unit.boss.insert(
    job.name,
    payloads.map((data) => ({ data })),
    { db: fromKysely(unit.tx) },
  )
}
