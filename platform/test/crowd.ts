import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Platform } from './harness.ts'

/**
 * Does work of which several parts meet at one moment: a table is locked (`share row exclusive`: it is read, and nothing is
 * written) until so many wait for it or for each other, then all go on. Resolves to what the work does.
 */
export async function meetAt<T>(
  { adminUrl }: Pick<Platform, 'adminUrl'>,
  table: string,
  parts: number,
  work: () => Promise<T>,
): Promise<T> {
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query(`begin; lock table ${table} in share row exclusive mode`)
    const doing = work()
    const countWaiting = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    const count = async () => (await admin.query<{ n: number }>(countWaiting)).rows[0]?.n ?? 0
    for (let i = 0; i < 200 && (await count()) < parts; i++) await sleep(50)
    await admin.query('commit')
    return await doing
  } finally {
    await admin.end()
  }
}
