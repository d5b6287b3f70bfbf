import type { Generated, Selectable, Transaction } from 'kysely'
import { statesBefore, type Patch, type RecordBefore, type StateOf } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

interface EffectTable {
  organisation_id: string
  id: Generated<string>
  action_id: string
  business_id: string
  state: StateOf<'effect'>
  held_until: Date | null
  applied: unknown
  before: unknown
  mail_id: string | null
  detail: string | null
  undo_until: Date | null
  /** What its provider may read of an edit. */
  masked_edit: unknown
  created_at: Generated<Date>
  carried_out_at: Date | null
  ended_at: Date | null
}

interface MailTable {
  organisation_id: string
  id: Generated<string>
  business_id: string
  action_id: string
  effect_id: string
  message_id: string
  recipient: string
  subject: string
  body: string
  state: 'kept' | 'queued' | 'sending' | 'sent' | 'unknown' | 'failed'
  detail: string | null
  created_at: Generated<Date>
  sent_at: Date | null
}

declare module '../../db/database.ts' {
  interface Database {
    effects: EffectTable
    mails: MailTable
  }
}

type Tx = Transaction<Database>
export type EffectRow = Omit<Selectable<EffectTable>, 'applied' | 'before' | 'masked_edit'> & {
  masked_edit: Record<string, unknown> | null
  applied: Patch[] | null
  before: RecordBefore[] | null
}
export type MailRow = Selectable<MailTable>

export async function insertEffect(
  tx: Tx,
  values: { organisation: string; action: string; business: string; heldUntil: Date | null; isHeld: boolean },
): Promise<EffectRow> {
  return (await tx
    .insertInto('effects')
    .values({
      organisation_id: values.organisation,
      action_id: values.action,
      business_id: values.business,
      state: values.isHeld ? 'held' : 'pending',
      held_until: values.heldUntil,
      applied: null,
      before: null,
      mail_id: null,
      detail: null,
      undo_until: null,
      carried_out_at: null,
      ended_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()) as EffectRow
}

/** The effect of an action that was not cancelled. */
export async function lockEffect(tx: Tx, action: string): Promise<EffectRow | undefined> {
  return (await tx
    .selectFrom('effects')
    .selectAll()
    .where('action_id', '=', action)
    .where('state', '<>', 'cancelled')
    .forUpdate()
    .executeTakeFirst()) as EffectRow | undefined
}

export async function lockEffectById(tx: Tx, id: string): Promise<EffectRow | undefined> {
  return (await tx.selectFrom('effects').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()) as
    | EffectRow
    | undefined
}

export async function listEffectsOf(tx: Tx, actions: readonly string[]): Promise<EffectRow[]> {
  if (actions.length === 0) return []
  return (await tx
    .selectFrom('effects')
    .selectAll()
    .where('action_id', 'in', [...actions])
    .where('state', '<>', 'cancelled')
    .execute()) as EffectRow[]
}

export interface EffectChange extends Partial<Omit<EffectRow, 'applied' | 'before'>> {
  applied?: readonly Patch[]
  before?: readonly RecordBefore[]
}

/** Changes an effect. Throws when its state does not allow the move (contract, `states`). */
export async function updateEffect(
  tx: Tx,
  id: string,
  { applied, before, ...change }: EffectChange,
): Promise<void> {
  let query = tx
    .updateTable('effects')
    .set({
      ...change,
      ...(applied ? { applied: JSON.stringify(applied) } : {}),
      ...(before ? { before: JSON.stringify(before) } : {}),
    })
    .where('id', '=', id)
  if (change.state) query = query.where('state', 'in', statesBefore('effect', change.state))
  await query.returning('id').executeTakeFirstOrThrow()
}

export interface NewMail {
  organisation: string
  business: string
  action: string
  effect: string
  messageId: string
  recipient: string
  subject: string
  body: string
  state: MailRow['state']
}

export async function insertMail(tx: Tx, mail: NewMail): Promise<MailRow> {
  return tx
    .insertInto('mails')
    .values({
      organisation_id: mail.organisation,
      business_id: mail.business,
      action_id: mail.action,
      effect_id: mail.effect,
      message_id: mail.messageId,
      recipient: mail.recipient,
      subject: mail.subject,
      body: mail.body,
      state: mail.state,
      detail: null,
      sent_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function findActionOfMail(tx: Tx, id: string): Promise<string | undefined> {
  const row = await tx.selectFrom('mails').select('action_id').where('id', '=', id).executeTakeFirst()
  return row?.action_id
}

export function lockMail(tx: Tx, id: string): Promise<MailRow | undefined> {
  return tx.selectFrom('mails').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function updateMail(
  tx: Tx,
  id: string,
  change: Partial<Pick<MailRow, 'state' | 'detail' | 'sent_at'>>,
): Promise<void> {
  await tx.updateTable('mails').set(change).where('id', '=', id).execute()
}

export function listMails(tx: Tx, before: string | undefined, limit: number): Promise<MailRow[]> {
  let query = tx.selectFrom('mails').selectAll()
  if (before) query = query.where('id', '<', before)
  return query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}
