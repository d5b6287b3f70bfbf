import { decodeId } from '@bizq/sdk/contract'
import { allJobs } from '../src/jobs/all.ts'
import { asAdmin } from './executions.ts'
import type { Platform } from './harness.ts'
import type { Person } from './people.ts'

export interface Told {
  type: string
  payload: Record<string, unknown>
}

/** Runs the waiting jobs of a queue that tell an organisation something, as the worker would, and answers its events of those kinds. */
export async function takeTold(platform: Platform, queue: string, person: Person): Promise<Told[]> {
  const job = allJobs.find(({ name }) => name === queue)
  if (!job) throw new Error(`there is no job ${queue}`)
  const organisation = decodeId('org', person.organisation)
  const waiting = await asAdmin<{ data: { organisation: string } }[]>(
    platform,
    `delete from pgboss.job where name = $1 and state = 'created' and data ->> 'organisation' = $2 returning data, created_on`,
    [queue, organisation],
  )
  const before = await countEvents(platform, organisation)
  await job.handle(
    platform.deps,
    waiting.map(({ data }) => data),
  )
  return asAdmin<Told[]>(
    platform,
    'select type, payload from bizq.events where organisation_id = $1 order by seq offset $2',
    [organisation, before],
  )
}

async function countEvents(platform: Platform, organisation: string): Promise<number> {
  const [row] = await asAdmin<{ count: number }[]>(
    platform,
    'select count(*)::int as count from bizq.events where organisation_id = $1',
    [organisation],
  )
  return row?.count ?? 0
}
