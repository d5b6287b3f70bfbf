import { randomUUID } from 'node:crypto'
import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { Pool } from 'pg'
import { runExecutions } from '../src/features/executions/index.ts'
import { interleave, median, ratioOf, round, tell, timed, type Figure } from './figure.ts'
import { load, requestOf } from './load.ts'
import { clearExecutions, queueExecutions, type Portfolio } from './portfolio.ts'
import type { Stage } from './stage.ts'

export interface DecisionSizes {
  /** In each round of each side. */
  decisions: number
  rounds: number
  connections: number
}

interface Waiting {
  id: string
  version: string
}

/** Approvals through HTTP, with audit row, effect and job, against the bare transaction that a naive server would make: one update, committed. */
export async function measureDecisions(
  stage: Stage,
  portfolio: Portfolio,
  sizes: DecisionSizes,
): Promise<Figure[]> {
  await clearExecutions(stage)
  await runExecutions(stage.deps, await queueExecutions(stage, portfolio))
  const waiting = await listWaiting(portfolio, sizes.decisions * sizes.rounds * 2)
  const tokens = await makeTokens(portfolio, sizes.connections)
  const pool = new Pool({ connectionString: stage.adminUrl, max: sizes.connections })
  const take = () => waiting.splice(0, sizes.decisions)
  tell(`decisions: ${sizes.rounds} rounds of ${sizes.decisions}`)
  const rates = await interleave(sizes.rounds, {
    decided: async () => {
      const requests = tokens.map(() => [] as string[])
      for (const [i, action] of take().entries())
        requests[i % requests.length]?.push(approvalOf(action, tokens[i % tokens.length] ?? ''))
      return (await load({ port: stage.port, requests, durationMs: 'once', warmUpMs: 0 })).perSecond
    },
    bare: async () => {
      const actions = take()
      const ms = await timed(() => updateBarely(pool, portfolio.organisation, actions, sizes.connections))
      return (actions.length / ms) * 1_000
    },
  })
  await pool.end()
  const { ratio, noise } = ratioOf(rates.decided, rates.bare)
  return [
    {
      figure: 'decisions with audit and enqueued effect, through HTTP',
      value: round(median(rates.decided)),
      unit: 'decisions/s',
      against: { what: 'the bare transaction: one update, no HTTP', value: round(median(rates.bare)) },
      ratio,
      size: { decisionsEachRound: sizes.decisions, connections: sizes.connections },
      rounds: sizes.rounds,
      noise,
    },
  ]
}

async function listWaiting({ operator }: Portfolio, wanted: number): Promise<Waiting[]> {
  const waiting: Waiting[] = []
  for (let cursor = ''; waiting.length < wanted;) {
    const { items, next } = (
      await operator.get(
        `/v1/actions?limit=200&sort=newest${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      )
    ).body
    for (const { id, version, state } of items) if (state === 'proposed') waiting.push({ id, version })
    if (!next) break
    cursor = next
  }
  if (waiting.length < wanted) throw new Error(`${wanted} actions are needed, ${waiting.length} wait`)
  return waiting.slice(0, wanted)
}

async function makeTokens({ operator }: Portfolio, count: number): Promise<string[]> {
  const made = Array.from({ length: count }, () =>
    operator.post('/v1/tokens', { name: 'bench', scopes: ['actions:decide'], role: 'manager' }),
  )
  return (await Promise.all(made)).map(({ body }) => body.secret as string)
}

function approvalOf({ id, version }: Waiting, token: string): string {
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() }
  return requestOf(
    'POST',
    `/v1/actions/${id}/decision`,
    headers,
    JSON.stringify({ decision: 'approve', version }),
  )
}

async function updateBarely(
  pool: Pool,
  organisation: string,
  actions: readonly Waiting[],
  lanes: number,
): Promise<void> {
  let next = 0
  const lane = async () => {
    const client = await pool.connect()
    while (next < actions.length) {
      const { id } = actions[next++] as Waiting
      await client.query('begin')
      await client.query({
        name: 'bare_decision',
        text: `update bizq.actions set state = 'approved', decided_at = now()
          where organisation_id = $1 and id = $2 and state = 'proposed'`,
        values: [organisation, decodeId(idPrefixes.action, id)],
      })
      await client.query('commit')
    }
    client.release()
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
