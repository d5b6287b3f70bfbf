import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    execution_inputs: {
      organisation_id: string
      subscription_id: string
      digest: string
      content: Buffer
      byte_count: number
      created_at: Generated<Date>
      expires_at: Date
    }
    'directory.over_inputs': { organisation_id: string; subscription_id: string; digest: string }
  }
}

type Tx = Transaction<Database>

export interface StoredInput {
  subscription: string
  digest: string
  content: Buffer
  bytes: number
  expiresAt: Date
}

export async function saveInput(tx: Tx, organisation: string, input: StoredInput): Promise<void> {
  await tx
    .insertInto('execution_inputs')
    .values({
      organisation_id: organisation,
      subscription_id: input.subscription,
      digest: input.digest,
      content: input.content,
      byte_count: input.bytes,
      expires_at: input.expiresAt,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'subscription_id', 'digest'])
        .doUpdateSet({ expires_at: input.expiresAt }),
    )
    .execute()
}

export async function findInput(tx: Tx, subscription: string, digest: string): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom('execution_inputs')
    .select('content')
    .where('subscription_id', '=', subscription)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row?.content
}

/** Until when inputs are kept, by digest. */
export async function listInputExpiries(
  tx: Tx,
  subscriptions: readonly string[],
  digests: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await tx
    .selectFrom('execution_inputs')
    .select(['digest', 'expires_at'])
    .where(sql<boolean>`subscription_id = any (${subscriptions}::uuid[])`)
    .where(sql<boolean>`digest = any (${digests}::text[])`)
    .execute()
  return new Map(rows.map((row) => [row.digest, row.expires_at]))
}

/** Keeps an input a while longer. */
export async function keepInput(tx: Tx, subscription: string, digest: string, until: Date): Promise<void> {
  await tx
    .updateTable('execution_inputs')
    .set({ expires_at: until })
    .where('subscription_id', '=', subscription)
    .where('digest', '=', digest)
    .execute()
}

export async function deleteInputs(
  tx: Tx,
  subscription: string,
  digests?: readonly string[],
): Promise<number> {
  let query = tx.deleteFrom('execution_inputs').where('subscription_id', '=', subscription)
  if (digests) query = query.where('digest', 'in', [...digests])
  return Number((await query.executeTakeFirst()).numDeletedRows)
}

/** Deletes every input that an execution under one of these grants was given. */
export async function deleteInputsUnder(tx: Tx, grants: readonly string[]): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('execution_inputs as i')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('executions as e')
          .select('e.id')
          .whereRef('e.subscription_id', '=', 'i.subscription_id')
          .whereRef('e.input_digest', '=', 'i.digest')
          .where(sql<boolean>`e.grant_id = any (${grants}::uuid[])`),
      ),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** The executions that were given this input. */
export async function listExecutionsWith(tx: Tx, subscription: string, digest: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('executions')
    .select('id')
    .where('subscription_id', '=', subscription)
    .where('input_digest', '=', digest)
    .execute()
  return rows.map((row) => row.id)
}

export function listOverInputs(directory: Kysely<Database>, limit: number) {
  return directory
    .selectFrom('directory.over_inputs')
    .select(['organisation_id', 'subscription_id', 'digest'])
    .limit(limit)
    .execute()
}
