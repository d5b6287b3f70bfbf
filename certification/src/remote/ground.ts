import type { Execute } from '../examined.ts'

/** Where a remote provider is tried. */
export interface RemoteGround {
  execute: Execute
}
