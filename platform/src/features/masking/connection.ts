import type { Pool, PoolClient, QueryResult } from 'pg'
import type { CompiledRead } from './compile.ts'

export interface MaskedQuery {
  read: CompiledRead
  values: readonly unknown[]
}

const mostStatements = 200
const prepared = new WeakMap<PoolClient, Set<string>>()
const settingsText =
  'select count(set_config(name, value, true)) from unnest($1::text[], $2::text[]) as s (name, value)'

/**
 * Runs compiled reads as the masked role on one snapshot, in one round trip: the pool pipelines, so
 * all is sent before the first answer is awaited. If a setting cannot be made, the transaction is
 * aborted and nothing is read; the settings end with it. Answers each query with its first row.
 */
export async function readMasked<Row extends object>(
  pool: Pool,
  settings: ReadonlyMap<string, string>,
  queries: readonly MaskedQuery[],
): Promise<(Row | undefined)[]> {
  const client = await pool.connect()
  const names = prepared.get(client) ?? new Set<string>()
  prepared.set(client, names)
  let isClean = false
  try {
    const before = [
      client.query(
        queries.length > 1 ? 'begin isolation level repeatable read read only' : 'begin read only',
      ),
      client.query({
        name: 'masked_settings',
        text: settingsText,
        values: [[...settings.keys()], [...settings.values()]],
      }),
    ]
    const reads = queries.map(({ read, values }) => client.query<Row>({ ...read, values: [...values] }))
    const after = client.query('commit')
    for (const { read } of queries) names.add(read.name)
    const answers: PromiseSettledResult<QueryResult>[] = await Promise.allSettled([
      ...before,
      ...reads,
      after,
    ])
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed) throw failed.reason
    isClean = true
    return Promise.all(reads.map(async (read) => (await read).rows[0]))
  } finally {
    // A connection that failed, or holds many statements, is let go rather than cleaned.
    client.release(!isClean || names.size >= mostStatements)
  }
}
