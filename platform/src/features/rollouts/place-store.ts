import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

interface PlaceTable {
  organisation_id: string
  subscription_id: string
  release_id: string
  provider_id: string
  kind: 'canary' | 'test'
  from_release_id: string
  from_grant_id: string
  settings: ColumnType<Record<string, unknown>, string, string>
  kept_state: ColumnType<Record<string, unknown> | null, string | null, string | null>
  taken_at: Generated<Date>
  returned_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    release_places: PlaceTable
    'directory.places_left': { organisation_id: string; subscription_id: string; release_id: string }
  }
}

type Tx = Transaction<Database>

export interface NewPlace {
  organisation: string
  subscription: string
  release: string
  provider: string
  kind: 'canary' | 'test'
  from: { release: string; grant: string; settings: Record<string, unknown> }
  keptState: Record<string, unknown> | null
}

/** Keeps where a subscription was; taken again after it went back, it is where it was then. */
export async function savePlace(tx: Tx, place: NewPlace): Promise<void> {
  const values = {
    kind: place.kind,
    from_release_id: place.from.release,
    from_grant_id: place.from.grant,
    settings: JSON.stringify(place.from.settings),
    kept_state: place.keptState && JSON.stringify(place.keptState),
    returned_at: null,
  }
  await tx
    .insertInto('release_places')
    .values({
      organisation_id: place.organisation,
      subscription_id: place.subscription,
      release_id: place.release,
      provider_id: place.provider,
      ...values,
    })
    .onConflict((oc) =>
      oc.columns(['organisation_id', 'subscription_id', 'release_id']).doUpdateSet({
        ...values,
        taken_at: new Date(),
      }),
    )
    .execute()
}

/** Where a subscription was before that release took it, unless it went back already. */
export function findPlace(tx: Tx, subscription: string, release: string) {
  return tx
    .selectFrom('release_places')
    .select(['kind', 'from_release_id', 'from_grant_id', 'settings', 'kept_state'])
    .where('subscription_id', '=', subscription)
    .where('release_id', '=', release)
    .where('returned_at', 'is', null)
    .executeTakeFirst()
}

export async function leavePlace(tx: Tx, subscription: string, release: string): Promise<void> {
  await tx
    .updateTable('release_places')
    .set({ returned_at: new Date() })
    .where('subscription_id', '=', subscription)
    .where('release_id', '=', release)
    .execute()
}

/** Subscriptions that are still to go back from releases that run for nobody any more. */
export function listLeft(directory: Kysely<Database>) {
  return directory
    .selectFrom('directory.places_left')
    .select(['organisation_id', 'subscription_id', 'release_id'])
    .limit(1_000)
    .execute()
}
