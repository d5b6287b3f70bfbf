import { executionLimits } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'
import { findEndings } from '../endings.ts'

export const check: ReleaseCheck = {
  id: 'limits.time',
  stage: 'release',
  group: 'limits',
  severity: 'error',
  title: 'It ends in time on every input',
  why: `An execution is stopped after ${executionLimits.wallMs / 1000} s, or ${executionLimits.cpuMs / 1000} s of computing; the operator gets nothing.`,
  howToMend: 'Look for loops that need not end, promises that nothing settles, and loops over loops of rows.',
  run: (examined) => findEndings(examined, ['timed-out'], 'an output in time'),
}
