import { decodeId } from '@bizq/sdk/contract'
import type { JWK } from 'jose'
import { verifyAudit } from '../../src/features/audit/index.ts'
import { until, type Look, type Running } from './ground.ts'

/** An operator by token: what outlives the process that it was made in. */
export interface Holder {
  organisation: string
  token: string
}

export function callAs(platform: Pick<Running, 'app'>, { token }: Holder) {
  return async (method: string, path: string, body?: unknown, key?: string) => {
    const response = await platform.app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as any } // oxlint-disable-line typescript/no-explicit-any -- tests read bodies of many shapes
  }
}

/** Waits until the whole log is sealed, verifies its export, and answers how often each thing stands in it. */
export async function countWholeLog(platform: Running, holder: Holder): Promise<Record<string, number>> {
  const organisation = decodeId('org', holder.organisation)
  await until(async () => {
    const [row] = await platform.look<{ open: number }>(
      `select count(*)::int as open from bizq.audit_entries e where e.organisation_id = $1
       and not exists (select 1 from bizq.audit_chain c where c.organisation_id = $1 and c.entry_id = e.id)`,
      [organisation],
    )
    return row?.open === 0
  })
  const exported = await platform.app.request('/v1/audit/export', {
    headers: { authorization: `Bearer ${holder.token}` },
  })
  const lines = (await exported.text()).trimEnd().split('\n')
  const keys = (await (await platform.app.request('/.well-known/jwks.json')).json()) as { keys: JWK[] }
  const verdict = await verifyAudit(lines, keys)
  if (!verdict.isWhole) throw new Error(`the log is not whole: ${JSON.stringify(verdict.faults)}`)
  const counts: Record<string, number> = {}
  for (const line of lines) {
    const { action } = JSON.parse(line) as { action?: string }
    if (action) counts[action] = (counts[action] ?? 0) + 1
  }
  return counts
}

/** How many jobs of a queue are not done, the failed ones among them. */
export async function countUndoneJobs(look: Look, job: string): Promise<number> {
  const [row] = await look<{ count: number }>(
    `select count(*)::int as count from pgboss.job where name = $1 and state <> 'completed'`,
    [job],
  )
  return row?.count ?? 0
}
