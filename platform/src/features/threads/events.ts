declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** Of the operator's organisation: the provider of a service wrote. Not told of a thread that is muted. */
    'message.from-provider': { subscription: string; service: string }
    /** Of the provider's: a subscriber wrote, by the number under which the provider knows it, or about one execution. */
    'message.from-subscriber': { subscriber?: string; execution?: string; service: string }
    'thread.changed': { subscription: string; isMuted: boolean }
    'thread.reported': { report: string; subscription: string }
    /** Of both: the marketplace closed it. */
    'thread.closed': { subscription?: string; subscriber?: string; reason: string }
    'thread.report-decided': {
      report: string
      subscription: string
      decision: 'closed' | 'dismissed'
      reason: string
    }
  }
}
