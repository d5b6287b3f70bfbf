import type { Manifest } from '@bizq/sdk/contract'
import type { Examined } from './examined.ts'
import type { Case } from './inputs/case.ts'

export const checkGroups = [
  'manifest',
  'contract',
  'behaviour',
  'determinism',
  'least-data',
  'privacy',
  'metamorphic',
  'safety',
  'limits',
  'latency',
  'security',
  'personal-data',
  'money',
  'remote',
  'documentation',
] as const
export type CheckGroup = (typeof checkGroups)[number]

/** An `error` keeps a release from being listed; a `warning` is for the reviewer. */
export type Severity = 'error' | 'warning'

/** What is wrong, as a reader can verify it. */
export interface Finding {
  /** What was seen. */
  detail: string
  /** What should have been seen. */
  expected?: string
  /** The part of the manifest, the output or the bundle that is meant, a JSON Pointer. */
  pointer?: string
  /** The name of the input on which it was seen. */
  input?: string
  /** The smallest input on which it was still seen, as the bundle gets it. */
  evidence?: unknown
  /** Where in the bundle, counted from 1. */
  line?: number
  column?: number
}

interface About {
  /** Stable: `privacy.planted-in-output`. The file of a check is named by it. */
  id: string
  group: CheckGroup
  severity: Severity
  /** The guarantee that it gives when it passes. */
  title: string
  why: string
  howToMend: string
}

/** A manifest as it was given, and what of it the contract does not allow. */
export interface GivenManifest {
  raw: unknown
  /** What was read of it; undefined when there are problems. */
  manifest: Manifest | undefined
  problems: { pointer: string; detail: string }[]
}

/** A check of what the manifest says; it needs no bundle and is made of a manifest that is none, too. */
export interface ManifestCheck extends About {
  stage: 'manifest'
  run(given: GivenManifest): Finding[]
}

export interface OddityGround {
  manifest: Manifest
  ordinary: Case
  /** Rows of the largest input; 0 where none is to be made. */
  largest: number
}

/** A check of a release that can be run. */
export interface ReleaseCheck extends About {
  stage: 'release'
  /** Odd inputs, made from an ordinary one, on which the release is tried because of this check. */
  oddities?(given: OddityGround): Case[]
  /** Why there is nothing to check in this release; undefined when there is. */
  skip?(examined: Examined): string | undefined
  /** What is wrong; nothing when it passes. */
  run(examined: Examined): Promise<Finding[]> | Finding[]
}

export type Check = ManifestCheck | ReleaseCheck

/** A check as a report names it. */
export type CheckInfo = Pick<Check, 'id' | 'group' | 'severity' | 'title' | 'why' | 'howToMend'>
