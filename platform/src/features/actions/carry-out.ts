import { actionOf } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { loadRecords } from '../data/index.ts'
import { isStopped } from '../identity/index.ts'
import { keepFacts, strictness, tableUnits } from '../policies/index.ts'
import * as effects from './effect-store.ts'
import { maskEdit } from './masked-edit.ts'
import { eventOf } from './events.ts'
import type { CarryOutPayload } from './jobs.ts'
import { resumeMail, settleMail } from './mail.ts'
import { rejudge, type Judged } from './rejudge.ts'
import { areThere, circumstancesOf, loadSubjects, versionOf } from './records.ts'
import { settle, type Claimed } from './settle.ts'
import * as store from './store.ts'

/**
 * Carries an approved action out: claim, hand the mail over if there is one, settle. BizQ's own
 * records change in one transaction, once; a mail goes at most once by itself.
 */
export async function carryOut(deps: Deps, payload: CarryOutPayload): Promise<void> {
  const actor = systemActor(payload.organisation)
  const mail = await withUnitOfWork(deps, actor, (unit) => claim(deps, unit, payload))
  if (!mail || !deps.mailer) return
  const sending = await deps.mailer.send({
    messageId: mail.message_id,
    to: mail.recipient,
    subject: mail.subject,
    text: mail.body,
  })
  await withUnitOfWork(deps, actor, (unit) => settleMail(unit, payload, mail.id, sending))
}

async function claim(
  deps: Deps,
  unit: UnitOfWork,
  payload: CarryOutPayload,
): Promise<effects.MailRow | undefined> {
  const [action] = await store.lockActions(unit.tx, [payload.action])
  const effect = await effects.lockEffect(unit.tx, payload.action)
  if (!action || effect?.id !== payload.effect || action.state !== 'approved') return undefined
  if (effect.state === 'carrying-out') return resumeMail(deps, unit, action, effect)
  if (effect.state !== 'pending' && effect.state !== 'held') return undefined
  const business = await requireBusinessRow(unit, action.business_id)
  const [records = {}] = await loadSubjects(unit, action.business_id, [action], { lock: true })
  const claimed = { action, effect, business, records }
  const { reason, judged } = await objectionTo(unit, claimed)
  if (reason !== undefined) {
    await giveBack(unit, claimed, reason, judged)
    return undefined
  }
  return write(deps, unit, claimed, judged)
}

/** Why it cannot be carried out as it was decided, if the world has moved since; and what the policies say now. */
async function objectionTo(
  unit: UnitOfWork,
  { action, business, records }: Claimed,
): Promise<{ reason: string; judged?: Judged } | { reason: undefined; judged: Judged }> {
  if (!areThere(action, records)) return { reason: 'record-gone' }
  const isAutomatic = action.decided_by === 'policy'
  const judged = await rejudge(unit, action, business, records, { isAutomatic })
  if (versionOf(action.type, records, action.parameters) !== action.decided_version)
    return { reason: 'card-changed', judged }
  const possible = actionOf(action.type).precondition(records, action.parameters, circumstancesOf(business))
  if (possible !== true) return { reason: possible.code, judged }
  if (isAutomatic && (await isStopped(unit))) return { reason: 'stopped', judged }
  const { outcome } = judged.verdict
  if (outcome === 'block') return { reason: 'blocked-by-policy', judged }
  if (isAutomatic && strictness(outcome) > strictness('apply-and-tell'))
    return { reason: 'policy-asks-now', judged }
  if (outcome === 'ask-two' && action.first_approver === null)
    return { reason: 'needs-second-person', judged }
  return { reason: undefined, judged }
}

/** What the card shows of the money at stake, and what the policies say of it. */
function judgedValues({ facts, verdict }: Judged) {
  return {
    stake_amount: facts.stake?.amount ?? null,
    stake_currency: facts.stake?.currency ?? null,
    stake_units: facts.stake ? tableUnits(facts.stake) : null,
    risk: facts.risk,
    is_claim_disputed: facts.isClaimDisputed,
    may_bulk: verdict.mayBulk,
    reasons: verdict.reasons,
  }
}

/** Back to the queue: the decision was made on something else than what is there now. */
async function giveBack(
  unit: UnitOfWork,
  { action, effect }: Claimed,
  reason: string,
  judged: Judged | undefined,
): Promise<void> {
  await effects.updateEffect(unit.tx, effect.id, { state: 'cancelled', detail: reason, ended_at: new Date() })
  const asked =
    judged && strictness(judged.verdict.outcome) > strictness('ask') ? judged.verdict.outcome : 'ask'
  const returned = await store.updateAction(unit.tx, action.id, {
    ...(judged ? judgedValues(judged) : { may_bulk: false }),
    state: 'proposed',
    note: reason,
    decision: null,
    decided_by: null,
    decided_at: null,
    decided_version: null,
    first_approver: null,
    outcome: asked,
  })
  if (judged) await keepFacts(unit, [{ action: action.id, facts: judged.facts, outcome: asked }])
  await audit(unit, 'action.return', { action: eventOf(action).action, reason })
  unit.emit('action.returned', { ...eventOf(returned), reason })
}

async function write(
  deps: Deps,
  unit: UnitOfWork,
  claimed: Claimed,
  judged: Judged,
): Promise<effects.MailRow | undefined> {
  const { action, business, records } = claimed
  const effect = await withMaskedEdit(deps, unit, claimed)
  // What was automatic counts against the cap with the stake that it was carried out on.
  if (action.decided_by === 'policy' && judged.facts.stake)
    await store.updateAction(unit.tx, action.id, { stake_units: tableUnits(judged.facts.stake) })
  const patches = actionOf(action.type).effect(records, action.parameters, circumstancesOf(business))
  const mail = patches.find((patch) => 'mail' in patch)
  if (!mail) {
    await settle(unit, { ...claimed, effect }, patches)
    return undefined
  }
  const { to, subject, text } = mail.mail
  const address = (await loadRecords(unit, action.business_id, to.dataset, [to.id])).get(to.id)?.['email']
  if (typeof address !== 'string') {
    await giveBack(unit, claimed, 'no-email-address', judged)
    return undefined
  }
  const isKept = deps.mailer === null
  const row = await effects.insertMail(unit.tx, {
    organisation: unit.actor.organisation,
    business: action.business_id,
    action: action.id,
    effect: effect.id,
    messageId: `<${effect.id}@${mailDomain(deps.config.mailFrom)}>`,
    recipient: address,
    subject,
    body: text,
    state: isKept ? 'kept' : 'sending',
  })
  await effects.updateEffect(unit.tx, effect.id, { mail_id: row.id })
  if (isKept) {
    await settle(unit, { ...claimed, effect }, patches)
    return undefined
  }
  await effects.updateEffect(unit.tx, effect.id, { state: 'carrying-out', applied: patches })
  return row
}

async function withMaskedEdit(
  deps: Deps,
  unit: UnitOfWork,
  { action, effect }: Claimed,
): Promise<effects.EffectRow> {
  const edit = await maskEdit(deps, unit, action)
  if (edit === null) return effect
  await effects.updateEffect(unit.tx, effect.id, { masked_edit: edit })
  return { ...effect, masked_edit: edit }
}

function mailDomain(from: string): string {
  return /@([\w.-]+)/.exec(from)?.[1] ?? 'bizq.localhost'
}
