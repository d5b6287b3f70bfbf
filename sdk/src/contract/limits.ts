const mebibyte = 1024 * 1024

/** The limits of one execution; contract.md, Execution. */
export const executionLimits = {
  /** Sandbox: wall clock. Remote: time to answer, or to say 202. */
  wallMs: 10_000,
  cpuMs: 5_000,
  /** A remote provider that said 202 has this long. */
  remoteDeferredMs: 15 * 60_000,
  /** The isolate's own. */
  memoryMib: 128,
  /** The sandbox's process is killed above this plus 8 × the input. */
  processMemoryMib: 256,
  inputBytes: 32 * mebibyte,
  outputBytes: mebibyte,
  logBytes: 64 * 1024,
  stateBytes: 64 * 1024,
  /** Rows of one dataset's window. */
  windowRows: 50_000,
  proposals: 500,
  recommendations: 50,
  metrics: 100,
  /** Rows named as the reason of one proposal. */
  because: 20,
  bundleBytes: mebibyte,
} as const
export type ExecutionLimits = typeof executionLimits
