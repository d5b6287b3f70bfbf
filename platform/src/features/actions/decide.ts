import { actionOf, decodeId, idPrefixes, type LoadedRecords } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { redactWords } from '../masking/index.ts'
import { approve } from './approve.ts'
import { eventOf } from './events.ts'
import { insertDecision, tellProvider } from './decision-store.ts'
import { rejudge } from './rejudge.ts'
import { areThere, circumstancesOf, loadSubjects, targetVersionOf, versionOf } from './records.ts'
import type { Decision } from './schemas.ts'
import * as store from './store.ts'

/** Records a decision on the version of the card that was seen. Approved, the effect is enqueued in the same transaction. */
export async function decideAction(
  unit: UnitOfWork,
  id: string,
  decision: Decision,
): Promise<store.ActionRow> {
  requireRole(unit.actor, 'manager')
  const [action] = await store.lockActions(unit.tx, [decodeId(idPrefixes.action, id)])
  if (!action)
    throw new ProblemError('not-found', { detail: 'There is no such action in your organisation.' })
  const business = await requireBusinessRow(unit, action.business_id)
  const [records = {}] = await loadSubjects(unit, action.business_id, [action])
  return decideLoaded(unit, { action, business, records }, decision)
}

export interface Loaded {
  action: store.ActionRow
  business: BusinessRow
  records: LoadedRecords
}

/** Decides on an action that is locked, with its records at hand. */
export async function decideLoaded(
  unit: UnitOfWork,
  loaded: Loaded,
  decision: Decision,
  options: { isInBulk?: boolean } = {},
): Promise<store.ActionRow> {
  const { action, records } = loaded
  requireUndecided(action)
  const version = versionOf(action.type, records, action.parameters)
  if (version !== decision.version) {
    throw new ProblemError('stale-card', {
      detail: 'What the card shows has changed. Look at it again and decide on what it says now.',
      extra: { version },
    })
  }
  if (decision.decision === 'reject') return reject(unit, loaded, decision)
  const parameters =
    decision.decision === 'edit' ? editedParameters(action, decision.parameters ?? {}) : action.parameters
  requirePossible({ ...loaded, action: { ...action, parameters } })
  const { verdict } = await rejudge(unit, { ...action, parameters }, loaded.business, records)
  if (options.isInBulk && !(verdict.mayBulk && action.may_bulk))
    throw new ProblemError('conflict', {
      detail: 'So much is at stake that it is decided by itself, never in bulk.',
    })
  if (verdict.outcome === 'block')
    throw new ProblemError('conflict', { detail: `A policy blocks it: ${verdict.reasons[0]?.detail ?? ''}` })
  if (
    verdict.outcome === 'ask-two' &&
    (action.state === 'proposed' || action.first_approver === null || decision.decision === 'edit')
  ) {
    return awaitSecond(unit, action, decision, version, parameters)
  }
  if (verdict.outcome === 'ask-two' && action.first_approver === unit.actor.user) {
    throw new ProblemError('needs-second-person', {
      detail: 'You approved it already; somebody else has to approve it too.',
    })
  }
  return approve(unit, action, {
    kind: 'person',
    decision: decision.decision,
    version: decision.decision === 'edit' ? versionOf(action.type, records, parameters) : version,
    ...(decision.decision === 'edit' ? { parameters } : {}),
  })
}

function requireUndecided(action: store.ActionRow): void {
  const isOver = action.expires_at <= new Date()
  const isOpen = action.state === 'proposed' || action.state === 'awaiting-second'
  if (isOpen && !isOver) return
  throw new ProblemError('action-already-decided', {
    detail: isOpen ? 'Its time is over.' : `It is ${action.state}.`,
    extra: { state: isOpen ? 'expired' : action.state },
  })
}

/** Only what may be edited changes, and what comes out must be right. */
function editedParameters(action: store.ActionRow, change: Record<string, unknown>): Record<string, unknown> {
  const { editable, parameters: schema } = actionOf(action.type)
  const foreign = Object.keys(change).filter((name) => !editable.includes(name))
  if (foreign.length > 0) {
    const errors = foreign.map((name) => ({
      pointer: `/parameters/${name}`,
      detail: `cannot be changed here; you can change ${editable.join(', ') || 'nothing'}`,
    }))
    throw new ProblemError('invalid-request', { detail: 'The edit is not right.', errors })
  }
  const merged = Object.fromEntries(
    Object.entries({ ...action.parameters, ...change }).filter(([, value]) => value !== null),
  )
  const parsed = schema.safeParse(merged)
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => ({
      pointer: `/parameters/${issue.path.join('/')}`,
      detail: issue.message,
    }))
    throw new ProblemError('invalid-request', { detail: 'The edit is not right.', errors })
  }
  return parsed.data
}

function requirePossible({ action, business, records }: Loaded): void {
  if (!areThere(action, records))
    throw new ProblemError('conflict', {
      detail: 'A record that it is about is not there any more. Reject it.',
    })
  const possible = actionOf(action.type).precondition(records, action.parameters, circumstancesOf(business))
  if (possible !== true)
    throw new ProblemError('conflict', {
      detail: `It cannot be done now: ${possible.code}.`,
      extra: { code: possible.code },
    })
}

async function reject(
  unit: UnitOfWork,
  { action, records }: Loaded,
  decision: Decision,
): Promise<store.ActionRow> {
  const rejected = await store.updateAction(unit.tx, action.id, {
    state: 'rejected',
    target_version: targetVersionOf(action.granted, action, records),
    decision: 'reject',
    decided_by: 'person',
    decided_at: new Date(),
    decided_version: decision.version,
  })
  await insertDecision(unit.tx, unit.actor.organisation, {
    action: action.id,
    decision: 'reject',
    byKind: 'person',
    user: unit.actor.user,
    token: unit.actor.token ?? null,
    version: decision.version,
    reason: decision.reason,
  })
  const { code, text } = decision.reason ?? {}
  const words = text === undefined ? undefined : await redactWords(unit, action.business_id, text)
  await tellProvider(unit.tx, { action, outcome: 'rejected', code, words })
  await audit(unit, 'action.decide', {
    action: eventOf(action).action,
    decision: 'reject',
    by: 'person',
    version: decision.version,
    reason: decision.reason?.code,
  })
  unit.emit('action.decided', { ...eventOf(rejected), decision: 'reject', by: 'person', isTold: false })
  return rejected
}

async function awaitSecond(
  unit: UnitOfWork,
  action: store.ActionRow,
  decision: Decision,
  version: string,
  parameters: Record<string, unknown>,
): Promise<store.ActionRow> {
  const waiting = await store.updateAction(unit.tx, action.id, {
    state: 'awaiting-second',
    first_approver: unit.actor.user,
    parameters,
  })
  await insertDecision(unit.tx, unit.actor.organisation, {
    action: action.id,
    decision: decision.decision,
    byKind: 'person',
    user: unit.actor.user,
    token: unit.actor.token ?? null,
    version,
    parameters: decision.decision === 'edit' ? parameters : undefined,
  })
  await audit(unit, 'action.approve-first', { action: eventOf(action).action, version })
  unit.emit('action.returned', { ...eventOf(waiting), reason: 'needs-second-person' })
  return waiting
}
