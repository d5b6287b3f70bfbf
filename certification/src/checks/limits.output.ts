import { executionLimits } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'
import { findEndings } from '../endings.ts'

export const check: ReleaseCheck = {
  id: 'limits.output',
  stage: 'release',
  group: 'limits',
  severity: 'error',
  title: 'Its outputs are small enough on every input',
  why: `An output above ${executionLimits.outputBytes / 1024} KiB is refused whole.`,
  howToMend: `Propose the best ${executionLimits.proposals} at most, and keep tables out of metrics and state.`,
  run: (examined) => findEndings(examined, ['output-too-large'], 'an output of at most 1 MiB'),
}
