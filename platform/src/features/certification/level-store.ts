import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Level, Standing } from './levels.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.service_standings': Standing & { service_id: string; provider_id: string; level: Level }
  }
}

/** The services on offer with what their level is reckoned from. */
export function listStandings(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.service_standings')
    .select([
      'service_id',
      'provider_id',
      'level',
      'customers',
      'executions',
      'succeeded',
      'accepted',
      'undone',
    ])
    .execute()
}

export async function setLevel(tx: Transaction<Database>, service: string, level: Level): Promise<void> {
  await tx.updateTable('services').set({ level }).where('id', '=', service).execute()
}
