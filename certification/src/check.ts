import type { Sandbox, SandboxResult } from '@bizq/sandbox'
import type { ExecutionInput, Manifest } from '@bizq/sdk/contract'

export type CheckGroup = 'manifest' | 'contract' | 'behaviour' | 'determinism' | 'privacy' | 'limits'
/** An `error` keeps a release from being listed; a `warning` is for the reviewer. */
export type Severity = 'error' | 'warning'

/** What is wrong, as a reader can verify it. */
export interface Finding {
  detail: string
  /** The part of the manifest or the output that is meant, a JSON Pointer. */
  pointer?: string
  /** The input on which it was seen. */
  input?: string
}

/** One trial: an input, its name in findings, and how the bundle ended on it. */
export interface Trial {
  name: string
  input: ExecutionInput
  result: SandboxResult
}

/** What is certified. */
export interface Subject {
  manifest: unknown
  bundle: string
  sandbox: Sandbox
}

/** A subject whose manifest is one, with what its bundle did on every input of the suite. */
export interface Examined {
  manifest: Manifest
  /** The SHA-256 that the manifest and the bundle have together. */
  digest: string
  /** UTF-8. */
  bundleBytes: number
  trials: readonly Trial[]
  /** What the bundle says of itself, or why it did not. */
  describe: () => Promise<Record<string, unknown> | string>
  /** Runs the bundle once more on an input. */
  run: (input: ExecutionInput) => Promise<SandboxResult>
}

/** A check of a release that can be run. Its title is the guarantee that it gives when it passes. */
export interface Check {
  /** Stable: `privacy.planted-values`. */
  id: string
  group: CheckGroup
  severity: Severity
  title: string
  why: string
  howToMend: string
  /** What is wrong; nothing when it passes. */
  run(examined: Examined): Promise<Finding[]> | Finding[]
}
