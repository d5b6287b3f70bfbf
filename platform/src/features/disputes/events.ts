interface DisputeEvent {
  dispute: string
  service: string
}

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'dispute.opened': DisputeEvent
    'dispute.answered': DisputeEvent
    'dispute.decided': DisputeEvent
    'dispute.withdrawn': DisputeEvent
    /** It is past its 48 hours. */
    'dispute.late': DisputeEvent
  }
}
