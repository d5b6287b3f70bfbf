import type { Money, RejectionReason, ReportHistory } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { listProposed } from '../actions/index.ts'
import { isMoney, listEnded, scaleSettings } from '../executions/index.ts'
import { measure, type Measured } from './measure.ts'

type Executions = Awaited<ReturnType<typeof listEnded>>
type Actions = Awaited<ReturnType<typeof listProposed>>
interface Rows {
  executions: Executions
  actions: Actions
  measured: Measured
}

/** The executions and actions of a subscription within a time, and what was measured of them since. UUIDs. */
export async function rowsOf(
  unit: UnitOfWork,
  { id: subscription, business_id: business }: { id: string; business_id: string },
  time: { from: Date; until: Date },
): Promise<Rows> {
  const actions = await listProposed(unit.tx, subscription, time)
  return {
    executions: await listEnded(unit.tx, subscription, time),
    actions,
    measured: await measure(unit, business, actions),
  }
}

/** What the platform itself reports from, with exact money. */
export function historyOf({ executions, actions, measured }: Rows): ReportHistory {
  return {
    executions: executions.map(({ at, outcome, metrics }) => ({
      at: at.toISOString(),
      outcome,
      metrics: (metrics ?? {}) as Record<string, number | Money>,
    })),
    actions: actions.map((action) => ({
      type: action.type,
      proposedAt: action.proposed_at.toISOString(),
      decision: decisionOf(action),
      reason: action.reason as RejectionReason | null,
      confidence: action.confidence,
      impact: isMoney(action.impact) ? action.impact : null,
      stake:
        action.stake_amount === null || action.stake_currency === null
          ? null
          : { amount: action.stake_amount, currency: action.stake_currency },
      measured: measured.get(action.id) ?? null,
      isUndone: action.state === 'undone',
    })),
  }
}

/** What a service may know of it: days that are over, since the moment would tell what was applied by itself; no stake, which may come from fields that it was not granted; and what was measured only where it could read as much itself. */
export function toldOf(
  { executions, actions, measured }: Rows,
  { factor, mayMeasure }: { factor: number; mayMeasure: boolean },
): ReportHistory {
  const today = new Date(new Date().toISOString().slice(0, 10))
  const isOpen = ({ decided_at: at }: Actions[number]) => at === null || at >= today
  const closed = new Set(actions.filter((action) => !isOpen(action)).map(({ id }) => id))
  const told = historyOf({
    executions: executions.filter(({ at }) => at < today),
    actions: actions
      .filter(({ proposed_at }) => proposed_at < today)
      .map((action) => {
        const isRecent = action.updated_at >= today
        return {
          ...action,
          stake_amount: null,
          state:
            isRecent && (action.state === 'undone' || action.state === 'expired') ? 'applied' : action.state,
          ...(isOpen(action) && action.decision !== null ? { decision: null, reason: null } : {}),
        }
      }),
    measured: new Map(mayMeasure ? [...measured].filter(([id]) => closed.has(id)) : []),
  })
  return scaleSettings(told, factor) as ReportHistory
}

type Decision = ReportHistory['actions'][number]['decision']

/** Whether a person or a policy approved is not told. */
function decisionOf({ state, decision }: Pick<Actions[number], 'state' | 'decision'>): Decision {
  if (state === 'expired') return 'expired'
  if (decision === 'approve') return 'approved'
  if (decision === 'edit') return 'edited'
  return decision === 'reject' ? 'rejected' : 'undecided'
}
