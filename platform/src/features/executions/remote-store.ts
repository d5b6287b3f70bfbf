import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    remote_signing: {
      organisation_id: string
      service_id: string
      generation: number
      rotated_at: Generated<Date>
    }
    'directory.remote_signing': { service_id: string; generation: number; rotated_at: Date }
  }
}

type Tx = Transaction<Database>

/** The generation of a service's signing keys; nothing while it is the first. */
export function findGeneration(directory: Kysely<Database>, service: string) {
  return directory
    .selectFrom('directory.remote_signing')
    .select(['generation', 'rotated_at'])
    .where('service_id', '=', service)
    .executeTakeFirst()
}

export function findOwnGeneration(tx: Tx, service: string) {
  return tx
    .selectFrom('remote_signing')
    .select(['generation', 'rotated_at'])
    .where('service_id', '=', service)
    .executeTakeFirst()
}

/** Puts the next generation in place. */
export function raiseGeneration(tx: Tx, organisation: string, service: string) {
  return tx
    .insertInto('remote_signing')
    .values({ organisation_id: organisation, service_id: service, generation: 2 })
    .onConflict((oc) =>
      oc.columns(['organisation_id', 'service_id']).doUpdateSet({
        generation: sql<number>`remote_signing.generation + 1`,
        rotated_at: new Date(),
      }),
    )
    .returning(['generation', 'rotated_at'])
    .executeTakeFirstOrThrow()
}
