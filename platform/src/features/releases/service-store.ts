import type { Generated, Transaction } from 'kysely'
import type { StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    services: {
      organisation_id: string
      id: Generated<string>
      slug: string
      created_at: Generated<Date>
      visibility: Generated<ServiceVisibility>
      level: Generated<ServiceLevel>
      suspended_at: Date | null
      suspended_reason: string | null
    }
    subscribers: {
      organisation_id: string
      id: string
      service_id: string
      release_id: string
      state: StateOf<'subscription'>
    }
  }
}

export type ServiceLevel = 'bronze' | 'silver' | 'gold' | 'platinum'

export type ServiceVisibility = 'public' | 'unlisted' | 'invite-only'

type Tx = Transaction<Database>

const serviceColumns = [
  'id',
  'slug',
  'created_at',
  'visibility',
  'level',
  'suspended_at',
  'suspended_reason',
] as const

export async function insertService(tx: Tx, organisation: string, slug: string) {
  return tx
    .insertInto('services')
    .values({ organisation_id: organisation, slug })
    .onConflict((oc) => oc.column('slug').doNothing())
    .returning(serviceColumns)
    .executeTakeFirst()
}

export function findService(tx: Tx, ref: { id: string } | { slug: string }) {
  return tx
    .selectFrom('services')
    .select(serviceColumns)
    .where((eb) => eb.and(ref))
    .executeTakeFirst()
}

export function listServices(tx: Tx) {
  return tx.selectFrom('services').select(serviceColumns).orderBy('slug').execute()
}

export type ServiceRow = NonNullable<Awaited<ReturnType<typeof findService>>>

export function countSubscribers(tx: Tx) {
  return tx
    .selectFrom('subscribers')
    .select((eb) => ['service_id', eb.fn.countAll<number>().as('count')])
    .where('state', '<>', 'cancelled')
    .groupBy('service_id')
    .execute()
}

export function lockService(tx: Tx, id: string) {
  return tx.selectFrom('services').select(serviceColumns).where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function updateService(
  tx: Tx,
  id: string,
  change: { visibility?: ServiceVisibility; suspended_at?: Date | null; suspended_reason?: string | null },
) {
  return tx
    .updateTable('services')
    .set(change)
    .where('id', '=', id)
    .returning(serviceColumns)
    .executeTakeFirstOrThrow()
}
