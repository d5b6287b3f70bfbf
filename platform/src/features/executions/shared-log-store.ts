import { sql, type Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    'directory.shared_logs': { provider_id: string; line_id: string; log: string }
  }
}

export function findSharedLogs(directory: Kysely<Database>, provider: string, lines: readonly string[]) {
  return directory
    .selectFrom('directory.shared_logs')
    .select(['line_id', 'log'])
    .where('provider_id', '=', provider)
    .where(sql<boolean>`line_id = any (${lines}::uuid[])`)
    .execute()
}
