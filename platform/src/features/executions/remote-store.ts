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
    remote_trials: {
      organisation_id: string
      id: string
      service_id: string
      trial: string
      input_sealed: Buffer
      output_sealed: Buffer | null
      expires_at: Date
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

export interface NewTrialRow {
  organisation: string
  id: string
  service: string
  trial: string
  input: Buffer
  expiresAt: Date
}

export async function insertTrial(tx: Tx, row: NewTrialRow): Promise<void> {
  await tx
    .insertInto('remote_trials')
    .values({
      organisation_id: row.organisation,
      id: row.id,
      service_id: row.service,
      trial: row.trial,
      input_sealed: row.input,
      output_sealed: null,
      expires_at: row.expiresAt,
    })
    .execute()
}

/** One execution of a trial that is not over. */
export function findTrial(tx: Tx, trial: string, id: string) {
  return tx
    .selectFrom('remote_trials')
    .select(['input_sealed', 'output_sealed'])
    .where('trial', '=', trial)
    .where('id', '=', id)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
}

/** Keeps the output of an execution of a trial; false when there is one already. */
export async function saveTrialOutput(tx: Tx, trial: string, id: string, output: Buffer): Promise<boolean> {
  const result = await tx
    .updateTable('remote_trials')
    .set({ output_sealed: output })
    .where('trial', '=', trial)
    .where('id', '=', id)
    .where('output_sealed', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Forgets trials that a process left when it died. */
export async function deleteOverTrials(tx: Tx): Promise<void> {
  await tx
    .deleteFrom('remote_trials')
    .where('expires_at', '<=', sql<Date>`now()`)
    .execute()
}

export async function deleteTrial(tx: Tx, trial: string): Promise<void> {
  await tx.deleteFrom('remote_trials').where('trial', '=', trial).execute()
}
