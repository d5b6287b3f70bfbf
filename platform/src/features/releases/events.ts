import type { StateOf } from '@bizq/sdk/contract'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'release.submitted': { release: string; service: string }
    /** It is certified and waits for its provider to choose what becomes of it. */
    'release.held': { release: string; service: string; version: string; reason: string | null }
    /** It runs for test operators, and with a canary for a share of the subscriptions too. */
    'release.staged': {
      release: string
      service: string
      version: string
      canary: { percent: number; hours: number } | null
    }
    'release.published': { release: string; service: string; version: string }
    'release.changed': {
      release: string
      service: string
      state: StateOf<'release'>
      /** Who changed it, when it was not its provider. */
      by?: 'platform' | 'canary'
    }
    /** Its notice is over: what is still on it ends with it. */
    'release.ended': { release: string; service: string }
    'service.suspended': { service: string; reason: string }
    'service.restored': { service: string }
    /** Told to the operator that used a code. */
    'service.invitation-accepted': { service: string; kind: 'listing' | 'test' }
    'service.invitation-revoked': { service: string; invitation: string; kind: 'listing' | 'test' }
    'service.shown': { service: string; visibility: 'public' | 'unlisted' | 'invite-only' }
  }
}
