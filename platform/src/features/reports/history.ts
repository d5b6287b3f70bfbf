import type { Money, RejectionReason, ReportHistory } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { listProposed } from '../actions/index.ts'
import { isMoney, listEnded, scaleSettings } from '../executions/index.ts'

type Executions = Awaited<ReturnType<typeof listEnded>>
type Actions = Awaited<ReturnType<typeof listProposed>>
interface Rows {
  executions: Executions
  actions: Actions
}

/** The executions and actions of a subscription (UUID) within a time. */
export async function rowsOf(
  unit: UnitOfWork,
  subscription: string,
  time: { from: Date; until: Date },
): Promise<Rows> {
  return {
    executions: await listEnded(unit.tx, subscription, time),
    actions: await listProposed(unit.tx, subscription, time),
  }
}

/** What the platform itself reports from, with exact money. */
export function historyOf({ executions, actions }: Rows): ReportHistory {
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
      measured: null,
      isUndone: action.state === 'undone',
    })),
  }
}

/** What a service may know of it: days that are over, since the moment would tell what was applied by itself; and no stake, which may come from fields that it was not granted. */
export function toldOf({ executions, actions }: Rows, factor: number): ReportHistory {
  const today = new Date(new Date().toISOString().slice(0, 10))
  const told = historyOf({
    executions: executions.filter(({ at }) => at < today),
    actions: actions
      .filter(({ proposed_at }) => proposed_at < today)
      .map((action) => {
        const isOpen = action.decided_at === null || action.decided_at >= today
        const isRecent = action.updated_at >= today
        return {
          ...action,
          stake_amount: null,
          state:
            isRecent && (action.state === 'undone' || action.state === 'expired') ? 'applied' : action.state,
          ...(isOpen && action.decision !== null ? { decision: null, reason: null } : {}),
        }
      }),
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
