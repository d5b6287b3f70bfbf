/**
 * The states of everything that has states, as tables of allowed moves. The server refuses every
 * other move; ARCHITECTURE.md prints these tables.
 */
export const states = {
  import: {
    received: ['needs-mapping', 'running', 'failed'],
    'needs-mapping': ['running', 'failed'],
    running: ['finished', 'failed'],
    finished: ['undone'],
    failed: ['undone'],
    undone: [],
  },
  subscription: {
    active: ['paused', 'cancelled'],
    paused: ['active', 'cancelled'],
    cancelled: [],
  },
  release: {
    draft: ['submitted', 'withdrawn'],
    submitted: ['certified', 'draft', 'withdrawn'],
    certified: ['staged', 'published', 'withdrawn', 'suspended'],
    staged: ['certified', 'published', 'withdrawn', 'suspended'],
    published: ['deprecated', 'withdrawn', 'suspended'],
    deprecated: ['published', 'withdrawn', 'suspended'],
    suspended: ['published', 'staged', 'deprecated', 'withdrawn'],
    withdrawn: [],
  },
  execution: {
    queued: ['running', 'waiting', 'cancelled'],
    waiting: ['running', 'cancelled'],
    running: ['succeeded', 'failed', 'refused', 'waiting', 'cancelled'],
    succeeded: [],
    failed: [],
    refused: [],
    cancelled: [],
  },
  action: {
    proposed: ['awaiting-second', 'approved', 'rejected', 'expired', 'replaced', 'blocked', 'withdrawn'],
    'awaiting-second': ['approved', 'rejected', 'expired', 'replaced', 'proposed', 'blocked', 'withdrawn'],
    approved: ['applied', 'proposed', 'failed', 'withdrawn'],
    applied: ['undone'],
    blocked: [],
    rejected: [],
    expired: [],
    replaced: [],
    failed: ['approved'],
    withdrawn: [],
    undone: [],
  },
  effect: {
    held: ['carrying-out', 'done', 'cancelled'],
    pending: ['carrying-out', 'done', 'cancelled'],
    'carrying-out': ['done', 'unknown', 'failed'],
    done: ['undone', 'superseded'],
    unknown: ['done', 'carrying-out', 'failed'],
    superseded: [],
    failed: ['carrying-out'],
    cancelled: [],
    undone: [],
  },
  dispute: {
    open: ['answered', 'decided', 'withdrawn'],
    answered: ['decided', 'withdrawn'],
    decided: [],
    withdrawn: [],
  },
  delivery: {
    pending: ['delivered', 'retrying', 'failed'],
    retrying: ['delivered', 'retrying', 'failed'],
    delivered: ['pending'],
    failed: ['pending'],
  },
} as const

export type StateNoun = keyof typeof states
export type StateOf<N extends StateNoun> = keyof (typeof states)[N] & string

/** Every state of a noun, in the table's order. */
export function statesOf<N extends StateNoun>(noun: N): [StateOf<N>, ...StateOf<N>[]] {
  return Object.keys(states[noun]) as [StateOf<N>, ...StateOf<N>[]]
}

/** Whether the table of that noun allows the move. */
export function canMove<N extends StateNoun>(noun: N, from: StateOf<N>, to: StateOf<N>): boolean {
  const moves: Record<string, readonly string[]> = states[noun]
  return moves[from]?.includes(to) ?? false
}

/** The states from which the table of that noun allows a move to this one, which it may also have already. */
export function statesBefore<N extends StateNoun>(noun: N, to: StateOf<N>): StateOf<N>[] {
  return statesOf(noun).filter((from) => from === to || canMove(noun, from, to))
}
