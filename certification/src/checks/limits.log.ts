import { executionLimits } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'limits.log',
  stage: 'release',
  group: 'limits',
  severity: 'warning',
  title: 'Its log is not cut off',
  why: `The log holds ${executionLimits.logBytes / 1024} KiB; what matters is often at the end.`,
  howToMend: 'Log a line for each step, not for each row.',
  skip: ({ remote }) => remote && 'a remote service keeps its own log',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ result: { log } }) => {
      const bytes = new TextEncoder().encode(log).length
      return bytes < executionLimits.logBytes * 0.99
        ? []
        : [{ detail: `wrote ${bytes} bytes or more`, expected: `fewer than ${executionLimits.logBytes}` }]
    }),
}
