import type { StateOf } from '@bizq/sdk/contract'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'release.submitted': { release: string; service: string }
    'release.published': { release: string; service: string; version: string }
    'release.changed': { release: string; service: string; state: StateOf<'release'> }
  }
}
