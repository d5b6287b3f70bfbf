import type { Worsening } from './judge.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** A canary did worse than the subscriptions that stayed, and went back by itself. */
    'release.reverted': {
      release: string
      service: string
      version: string
      worse: Worsening[]
      reasons: string[]
    }
  }
}
