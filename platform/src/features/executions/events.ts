import { encodeId, idPrefixes, type ExecutionOutcome, type StateOf } from '@bizq/sdk/contract'
import type { ExecutionRow } from './store.ts'

interface ExecutionEvent {
  execution: string
  subscription: string
  business: string
  state: StateOf<'execution'>
  outcome: ExecutionOutcome | null
}

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'execution.queued': ExecutionEvent
    'execution.started': ExecutionEvent
    'execution.waits': ExecutionEvent
    /** How many of its proposals became actions, and how many did not. */
    'execution.finished': ExecutionEvent & { actions: number; dropped: number }
  }
}

/** What every event about an execution says. */
export function eventOf(row: ExecutionRow): ExecutionEvent {
  return {
    execution: encodeId(idPrefixes.execution, row.id),
    subscription: encodeId(idPrefixes.subscription, row.subscription_id),
    business: encodeId(idPrefixes.business, row.business_id),
    state: row.state,
    outcome: row.outcome,
  }
}
