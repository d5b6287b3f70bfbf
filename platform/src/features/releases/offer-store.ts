import { sql, type Generated, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

export type InvitationKind = 'listing' | 'test'
export type AdmissionKind = InvitationKind | 'subscription'

declare module '../../db/database.ts' {
  interface Database {
    service_invitations: {
      organisation_id: string
      id: Generated<string>
      service_id: string
      kind: InvitationKind
      label: string
      code_hash: string
      uses: Generated<number>
      max_uses: number
      created_at: Generated<Date>
      expires_at: Date
      revoked_at: Date | null
    }
    service_admissions: {
      organisation_id: string
      id: Generated<string>
      provider_id: string
      service_id: string
      invitation_id: string
      accepted_at: Generated<Date>
    }
    'directory.staged_releases': { id: string; service_id: string; slug: string }
    'directory.service_invitations': {
      code_hash: string
      provider_id: string
      id: string
      service_id: string
      kind: InvitationKind
      slug: string
    }
    'directory.service_admissions': { organisation_id: string; service_id: string; kind: AdmissionKind }
  }
}

type Tx = Transaction<Database>
type Directory = Kysely<Database>

/** The newest staged release of a service. */
export function findStaged(directory: Directory, ref: { id: string } | { slug: string }) {
  const where = 'id' in ref ? { service_id: ref.id } : ref
  return directory
    .selectFrom('directory.staged_releases')
    .select(['id', 'service_id'])
    .where((eb) => eb.and(where))
    .executeTakeFirst()
}

/** Why an organisation may see a service that not everybody may. */
export async function listAdmissions(directory: Directory, service: string, organisation: string) {
  const rows = await directory
    .selectFrom('directory.service_admissions')
    .select('kind')
    .where('service_id', '=', service)
    .where('organisation_id', '=', organisation)
    .execute()
  return new Set(rows.map(({ kind }) => kind))
}

export async function listTestOperators(directory: Directory, service: string): Promise<string[]> {
  const rows = await directory
    .selectFrom('directory.service_admissions')
    .select('organisation_id')
    .distinct()
    .where('service_id', '=', service)
    .where('kind', '=', 'test')
    .execute()
  return rows.map((row) => row.organisation_id)
}

const columns = [
  'id',
  'service_id',
  'kind',
  'label',
  'uses',
  'max_uses',
  'created_at',
  'expires_at',
  'revoked_at',
] as const
export type InvitationRow = NonNullable<Awaited<ReturnType<typeof revokeInvitation>>>

export interface NewInvitationRow {
  organisation: string
  service: string
  kind: InvitationKind
  label: string
  codeHash: string
  maxUses: number
  expiresAt: Date
}

export function insertInvitation(tx: Tx, row: NewInvitationRow) {
  return tx
    .insertInto('service_invitations')
    .values({
      organisation_id: row.organisation,
      service_id: row.service,
      kind: row.kind,
      label: row.label,
      code_hash: row.codeHash,
      max_uses: row.maxUses,
      expires_at: row.expiresAt,
      revoked_at: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

export function listInvitations(tx: Tx, service: string) {
  return tx
    .selectFrom('service_invitations')
    .select(columns)
    .where('service_id', '=', service)
    .orderBy('id', 'desc')
    .execute()
}

export function revokeInvitation(tx: Tx, service: string, id: string) {
  return tx
    .updateTable('service_invitations')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('service_id', '=', service)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst()
}

export function findInvitation(directory: Directory, codeHash: string) {
  return directory
    .selectFrom('directory.service_invitations')
    .select(['provider_id', 'id', 'service_id', 'kind', 'slug'])
    .where('code_hash', '=', codeHash)
    .executeTakeFirst()
}

/** Takes one use of a code; false when none is left. */
export async function takeUse(tx: Tx, provider: string, invitation: string): Promise<boolean> {
  const { rows } = await sql<{ is_used: boolean }>`
    select bizq.use_service_invitation(${provider}::uuid, ${invitation}::uuid) as is_used`.execute(tx)
  return rows[0]?.is_used ?? false
}

/** False when the organisation was admitted by this code before. */
export async function insertAdmission(
  tx: Tx,
  row: { organisation: string; provider: string; service: string; invitation: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('service_admissions')
    .values({
      organisation_id: row.organisation,
      provider_id: row.provider,
      service_id: row.service,
      invitation_id: row.invitation,
    })
    .onConflict((oc) => oc.columns(['organisation_id', 'invitation_id']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}
