import type { Generated } from 'kysely'
import type { UnitOfWork } from '../../db/unit-of-work.ts'

declare module '../../db/database.ts' {
  interface Database {
    audit_entries: {
      organisation_id: string
      id: Generated<string>
      xid: Generated<string>
      at: Generated<Date>
      actor_kind: string
      actor_id: string | null
      action: string
      subject: string
    }
  }
}

export async function insertEntry(
  unit: UnitOfWork,
  action: string,
  subject: Record<string, unknown>,
): Promise<void> {
  const { actor } = unit
  await unit.tx
    .insertInto('audit_entries')
    .values({
      organisation_id: actor.organisation,
      actor_kind: actor.kind,
      actor_id: actor.token ?? actor.user,
      action,
      subject: JSON.stringify(subject),
    })
    .execute()
}
