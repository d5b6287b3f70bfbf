import { actionOf, decodeId, idPrefixes, type LoadedRecords, type Money } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError, problems } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { approve } from './approve.ts'
import { eventOf } from './events.ts'
import { rejudge } from './rejudge.ts'
import { areThere, circumstancesOf, loadSubjects, versionOf } from './records.ts'
import type { BulkDecision, Decision } from './schemas.ts'
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

interface Loaded {
  action: store.ActionRow
  business: BusinessRow
  records: LoadedRecords
}

async function decideLoaded(unit: UnitOfWork, loaded: Loaded, decision: Decision): Promise<store.ActionRow> {
  const { action, records } = loaded
  if (action.state !== 'proposed' && action.state !== 'awaiting-second') {
    throw new ProblemError('action-already-decided', {
      detail: `It is ${action.state}.`,
      extra: { state: action.state },
    })
  }
  const version = versionOf(action.type, records, action.parameters)
  if (version !== decision.version) {
    throw new ProblemError('stale-card', {
      detail: 'What the card shows has changed. Look at it again and decide on what it says now.',
      extra: { version },
    })
  }
  if (decision.decision === 'reject') return reject(unit, action, decision)
  const parameters =
    decision.decision === 'edit' ? editedParameters(action, decision.parameters ?? {}) : action.parameters
  requirePossible({ ...loaded, action: { ...action, parameters } })
  const verdict = await rejudge(unit, { ...action, parameters }, loaded.business, records)
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
  action: store.ActionRow,
  decision: Decision,
): Promise<store.ActionRow> {
  const rejected = await store.updateAction(unit.tx, action.id, {
    state: 'rejected',
    decision: 'reject',
    decided_by: 'person',
    decided_at: new Date(),
    decided_version: decision.version,
  })
  await store.insertDecision(unit.tx, unit.actor.organisation, {
    action: action.id,
    decision: 'reject',
    byKind: 'person',
    user: unit.actor.user,
    token: unit.actor.token ?? null,
    version: decision.version,
    reason: decision.reason,
  })
  await store.tellProvider(unit.tx, { action, outcome: 'rejected', code: decision.reason?.code })
  await audit(unit, 'action.decide', {
    action: eventOf(action).action,
    decision: 'reject',
    by: 'person',
    version: decision.version,
    reason: decision.reason?.code,
  })
  unit.emit('action.decided', { ...eventOf(rejected), decision: 'reject', by: 'person' })
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
  } as never)
  await store.insertDecision(unit.tx, unit.actor.organisation, {
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

export interface BulkItemResult {
  id: string
  state: store.ActionRow['state'] | null
  problem: ProblemError | null
}

/**
 * Decides many at once. The total must be the one that was seen, in every currency; what must be
 * decided one by one is refused by itself. What is refused does not hold up the rest.
 */
export async function decideActions(unit: UnitOfWork, bulk: BulkDecision): Promise<BulkItemResult[]> {
  requireRole(unit.actor, 'manager')
  const ids = bulk.items.map((item) => decodeId(idPrefixes.action, item.action))
  const actions = new Map((await store.lockActions(unit.tx, ids)).map((action) => [action.id, action]))
  requireTotal([...actions.values()], bulk.expectedTotal)
  const loaded = new Map<string, Loaded>()
  for (const [businessId, group] of Map.groupBy(actions.values(), (action) => action.business_id)) {
    const business = await requireBusinessRow(unit, businessId)
    const records = await loadSubjects(unit, businessId, group)
    for (const [at, action] of group.entries())
      loaded.set(action.id, { action, business, records: records[at] ?? {} })
  }
  const results: BulkItemResult[] = []
  for (const [at, item] of bulk.items.entries()) {
    results.push(
      await decideInBulk(unit, ids[at] ?? '', loaded.get(ids[at] ?? ''), {
        decision: bulk.decision,
        version: item.version,
        reason: bulk.reason,
      }),
    )
  }
  return results
}

async function decideInBulk(
  unit: UnitOfWork,
  id: string,
  loaded: Loaded | undefined,
  decision: Decision,
): Promise<BulkItemResult> {
  try {
    if (!loaded) throw new ProblemError('not-found')
    if (decision.decision === 'approve' && !loaded.action.may_bulk) {
      throw new ProblemError('conflict', {
        detail: 'So much is at stake that it is decided by itself, never in bulk.',
      })
    }
    const decided = await decideLoaded(unit, loaded, decision)
    return { id, state: decided.state, problem: null }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status >= 500) throw error
    return { id, state: loaded?.action.state ?? null, problem: error }
  }
}

function requireTotal(actions: store.ActionRow[], expected: Money[]): void {
  const present = totalOf(
    actions.flatMap((action) =>
      action.stake_amount === null
        ? []
        : [{ amount: action.stake_amount, currency: action.stake_currency ?? '' }],
    ),
  )
  const given = totalOf(expected)
  const currencies = new Set([...present.keys(), ...given.keys()])
  if ([...currencies].some((currency) => (present.get(currency) ?? 0) !== (given.get(currency) ?? 0))) {
    const total = [...present].map(([currency, amount]) => ({ amount, currency }))
    throw new ProblemError('expected-total-differs', {
      detail: `${problems['expected-total-differs'][1]}. Look at the list again.`,
      extra: { total },
    })
  }
}

function totalOf(amounts: readonly Money[]): Map<string, number> {
  const total = new Map<string, number>()
  for (const { amount, currency } of amounts) total.set(currency, (total.get(currency) ?? 0) + amount)
  return total
}
