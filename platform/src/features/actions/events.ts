import { encodeId, idPrefixes, type ActionType, type StateOf } from '@bizq/sdk/contract'
import type { ActionRow } from './store.ts'

interface ActionEvent {
  action: string
  business: string
  subscription: string
  type: ActionType
  state: StateOf<'action'>
}

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'action.proposed': ActionEvent & { replaces: boolean }
    /** `isTold`: a policy decided it and says that the operator is to be told. */
    'action.decided': ActionEvent & {
      decision: 'approve' | 'edit' | 'reject'
      by: 'person' | 'policy'
      isTold: boolean
    }
    'action.returned': ActionEvent & { reason: string }
    'action.applied': ActionEvent & { effect: string }
    'action.failed': ActionEvent & { effect: string }
    'action.undone': ActionEvent & { effect: string }
    'action.expired': ActionEvent
    'action.withdrawn': ActionEvent
  }
}

/** What every event about an action says. */
export function eventOf(action: ActionRow): ActionEvent {
  return {
    action: encodeId(idPrefixes.action, action.id),
    business: encodeId(idPrefixes.business, action.business_id),
    subscription: encodeId(idPrefixes.subscription, action.subscription_id),
    type: action.type,
    state: action.state,
  }
}
