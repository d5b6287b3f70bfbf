import type { Kysely } from 'kysely'
import type { Database } from '../../db/database.ts'

export function findOrganisation(directory: Kysely<Database>, id: string) {
  return directory
    .selectFrom('directory.admin_organisations')
    .select(['id', 'name', 'kind'])
    .where('id', '=', id)
    .executeTakeFirst()
}
