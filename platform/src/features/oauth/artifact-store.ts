import { sql, type Kysely } from 'kysely'

/** What the authorisation server keeps, in the schema of the role `auth`. Every id is a fingerprint. */
export interface ArtifactDatabase {
  oauth_artifacts: {
    model: string
    id: string
    payload_sealed: Buffer
    grant_id: string | null
    uid: string | null
    user_code: string | null
    expires_at: Date | null
    consumed_at: Date | null
  }
  oauth_replays: { id: string; expires_at: Date }
  oauth_trial_tokens: { token: string; trial: string; payload_sealed: Buffer; expires_at: Date }
}
export type ArtifactDb = Kysely<ArtifactDatabase>

export interface Artifact {
  model: string
  id: string
  sealed: Buffer
  grantId: string | null
  uid: string | null
  userCode: string | null
  expiresAt: Date | null
}

export async function saveArtifact(db: ArtifactDb, artifact: Artifact): Promise<void> {
  const values = {
    payload_sealed: artifact.sealed,
    grant_id: artifact.grantId,
    uid: artifact.uid,
    user_code: artifact.userCode,
    expires_at: artifact.expiresAt,
  }
  await db
    .insertInto('oauth_artifacts')
    .values({ model: artifact.model, id: artifact.id, ...values, consumed_at: null })
    .onConflict((oc) => oc.columns(['model', 'id']).doUpdateSet(values))
    .execute()
}

const columns = ['model', 'payload_sealed', 'consumed_at'] as const
export type ArtifactRow = NonNullable<Awaited<ReturnType<typeof findArtifact>>>

/** An artifact of one of these models that is not over. */
export function findArtifact(
  db: ArtifactDb,
  models: readonly string[],
  by: 'id' | 'uid' | 'user_code',
  value: string,
) {
  return db
    .selectFrom('oauth_artifacts')
    .select(columns)
    .where('model', 'in', [...models])
    .where(by, '=', value)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirst()
}

/** Marks an artifact as used; false when it was used before, or is gone. */
export async function consumeArtifact(db: ArtifactDb, model: string, id: string): Promise<boolean> {
  const result = await db
    .updateTable('oauth_artifacts')
    .set({ consumed_at: new Date() })
    .where('model', '=', model)
    .where('id', '=', id)
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function deleteArtifact(db: ArtifactDb, model: string, id: string): Promise<void> {
  await db.deleteFrom('oauth_artifacts').where('model', '=', model).where('id', '=', id).execute()
}

export async function deleteArtifactsOfGrant(db: ArtifactDb, grant: string): Promise<void> {
  await db.deleteFrom('oauth_artifacts').where('grant_id', '=', grant).execute()
}

/** Takes an id once, on whichever node: false when it was taken before and is not over. */
export async function claimOnce(db: ArtifactDb, id: string, expiresAt: Date): Promise<boolean> {
  const result = await db
    .insertInto('oauth_replays')
    .values({ id, expires_at: expiresAt })
    .onConflict((oc) => oc.column('id').doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function saveTrialToken(
  db: ArtifactDb,
  row: { token: string; trial: string; sealed: Buffer; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('oauth_trial_tokens')
    .values({ token: row.token, trial: row.trial, payload_sealed: row.sealed, expires_at: row.expiresAt })
    .onConflict((oc) => oc.column('token').doNothing())
    .execute()
}

export async function listTrialTokens(db: ArtifactDb, trial: string): Promise<Buffer[]> {
  const rows = await db
    .selectFrom('oauth_trial_tokens')
    .select('payload_sealed')
    .where('trial', '=', trial)
    .execute()
  return rows.map((row) => row.payload_sealed)
}

/** Forgets the tokens of a trial; they are refused from then on. */
export async function deleteTrialTokens(db: ArtifactDb, trial: string): Promise<void> {
  await db
    .deleteFrom('oauth_artifacts')
    .where('model', '=', 'ClientCredentials')
    .where('id', 'in', (eb) => eb.selectFrom('oauth_trial_tokens').select('token').where('trial', '=', trial))
    .execute()
  await db.deleteFrom('oauth_trial_tokens').where('trial', '=', trial).execute()
}

/** Forgets what is over. */
export async function deleteOver(db: ArtifactDb): Promise<void> {
  await db.deleteFrom('oauth_artifacts').where('expires_at', '<=', new Date()).execute()
  await db.deleteFrom('oauth_replays').where('expires_at', '<=', new Date()).execute()
  await db.deleteFrom('oauth_trial_tokens').where('expires_at', '<=', new Date()).execute()
}
