import type { ActKind } from './schemas.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** The platform did something that concerns the organisation; the notice says what and why. */
    'platform.notice': { notice: string; kind: ActKind; service: string | null }
    /** Of the platform's own organisation: somebody objected to what it did. */
    'platform.objection': { act: string }
  }
}
