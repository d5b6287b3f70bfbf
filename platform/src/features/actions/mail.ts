import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import * as effects from './effect-store.ts'
import { eventOf } from './events.ts'
import type { CarryOutPayload } from './jobs.ts'
import type { Sending } from './nodemailer.ts'
import { settleSent } from './settle.ts'
import * as store from './store.ts'

/** A mail that waits to be sent again is sent; one that was being handed over is nobody's to repeat. */
export async function resumeMail(
  deps: Deps,
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<effects.MailRow | undefined> {
  const mail = effect.mail_id ? await effects.lockMail(unit.tx, effect.mail_id) : undefined
  if (mail?.state !== 'queued') {
    await settleUnknown(unit, action, effect)
    return undefined
  }
  if (deps.mailer) {
    await effects.updateMail(unit.tx, mail.id, { state: 'sending' })
    return mail
  }
  await effects.updateMail(unit.tx, mail.id, { state: 'kept' })
  await settleSent(unit, action, effect)
  return undefined
}

/** The process or the connection ended between handing the mail over and the answer: nobody knows whether it arrived. */
async function settleUnknown(
  unit: UnitOfWork,
  action: store.ActionRow,
  effect: effects.EffectRow,
): Promise<void> {
  const detail =
    'The mail was being handed over when the process or the connection ended. It may have arrived.'
  if (effect.mail_id) await effects.updateMail(unit.tx, effect.mail_id, { state: 'unknown', detail })
  await effects.updateEffect(unit.tx, effect.id, { state: 'unknown', detail })
  await audit(unit, 'effect.unknown', {
    action: eventOf(action).action,
    effect: encodeId(idPrefixes.effect, effect.id),
  })
  unit.emit('action.failed', { ...eventOf(action), effect: encodeId(idPrefixes.effect, effect.id) })
}

/** Writes down what came of handing a mail over. What is known at last counts, also after it was given up as unknown. */
export async function settleMail(
  unit: UnitOfWork,
  payload: CarryOutPayload,
  mail: string,
  sending: Sending,
): Promise<void> {
  const [action] = await store.lockActions(unit.tx, [payload.action])
  const effect = await effects.lockEffect(unit.tx, payload.action)
  if (!action || effect?.id !== payload.effect) return
  if (effect.state !== 'carrying-out' && effect.state !== 'unknown') return
  if (sending.result === 'sent') {
    await effects.updateMail(unit.tx, mail, { state: 'sent', sent_at: new Date(), detail: null })
    await settleSent(unit, action, effect)
    return
  }
  // Meanwhile the operator may have said that it is to be sent again.
  if ((await effects.lockMail(unit.tx, mail))?.state === 'queued') return
  if (sending.result === 'unknown') {
    if (effect.state === 'carrying-out') await settleUnknown(unit, action, effect)
    return
  }
  const detail = `The mail server did not take it: ${sending.detail}. Nothing was sent.`
  await effects.updateMail(unit.tx, mail, { state: 'failed', detail })
  await effects.updateEffect(unit.tx, effect.id, { state: 'failed', detail })
  const failed = await store.updateAction(unit.tx, action.id, { state: 'failed', note: 'mail-refused' })
  await audit(unit, 'effect.fail', {
    action: eventOf(action).action,
    effect: encodeId(idPrefixes.effect, effect.id),
  })
  unit.emit('action.failed', { ...eventOf(failed), effect: encodeId(idPrefixes.effect, effect.id) })
}
