import type { Generated, Kysely } from 'kysely'
import type { Database } from '../db/database.ts'

declare module '../db/database.ts' {
  interface Database {
    signing_keys: {
      kid: string
      public_jwk: unknown
      private_sealed: Buffer
      created_at: Generated<Date>
      retired_at: Date | null
    }
  }
}

export function findActiveKey(db: Kysely<Database>) {
  return db
    .selectFrom('signing_keys')
    .select(['kid', 'private_sealed', 'created_at'])
    .where('retired_at', 'is', null)
    .executeTakeFirst()
}

export function listPublicKeys(db: Kysely<Database>) {
  return db.selectFrom('signing_keys').select(['kid', 'public_jwk']).orderBy('created_at', 'desc').execute()
}

/** The active key, then those that were retired within a day. */
export function listPrivateKeys(db: Kysely<Database>) {
  return db
    .selectFrom('signing_keys')
    .select(['kid', 'private_sealed'])
    .where((eb) =>
      eb.or([eb('retired_at', 'is', null), eb('retired_at', '>', new Date(Date.now() - 86_400_000))]),
    )
    .orderBy((eb) => eb('retired_at', 'is', null), 'desc')
    .orderBy('created_at', 'desc')
    .execute()
}

/** Retires the active key and puts this one in its place; with two processes at once, one of the new keys stays. */
export async function replaceActiveKey(
  db: Kysely<Database>,
  retire: string | undefined,
  key: { kid: string; publicJwk: unknown; sealed: Buffer },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (retire) {
      const retired = await tx
        .updateTable('signing_keys')
        .set({ retired_at: new Date() })
        .where('kid', '=', retire)
        .where('retired_at', 'is', null)
        .executeTakeFirst()
      if (retired.numUpdatedRows === 0n) return
    }
    await tx
      .insertInto('signing_keys')
      .values({
        kid: key.kid,
        public_jwk: JSON.stringify(key.publicJwk),
        private_sealed: key.sealed,
        retired_at: null,
      })
      .onConflict((oc) => oc.doNothing())
      .execute()
  })
}
