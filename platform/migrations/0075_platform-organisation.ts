import { sql, type Kysely } from 'kysely'

/** Makes it possible for certifiers and administrators to belong to the one organisation that runs the marketplace. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...roles, ...views]) await sql.raw(statement).execute(db)
}

const roles = [
  `alter table bizq.members drop constraint members_role_check,
    add constraint members_role_check check (role in ('owner', 'manager', 'certifier', 'viewer'))`,
  `alter table bizq.invitations drop constraint invitations_role_check,
    add constraint invitations_role_check check (role in ('owner', 'manager', 'certifier', 'viewer'))`,
  `create unique index one_platform on bizq.organisations (kind) where kind = 'platform'`,
]

const views = [
  // A token is never more than its maker. Who administers does not certify, and the other way round.
  `create or replace view directory.tokens as
    select t.secret_hash, t.organisation_id, t.id, t.user_id,
      case
        when m.role = 'owner' or t.role = m.role then t.role
        when t.role in ('viewer', 'certifier') then 'viewer'
        else m.role
      end as role,
      t.scopes, o.kind, o.stopped_at is not null as is_stopped
    from bizq.api_tokens t join bizq.organisations o using (organisation_id)
      join bizq.members m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
    where t.revoked_at is null and (t.expires_at is null or t.expires_at > now())`,
  `create view directory.platform as select organisation_id from bizq.organisations where kind = 'platform'`,
  `grant select on directory.platform to bizq_directory`,
]
