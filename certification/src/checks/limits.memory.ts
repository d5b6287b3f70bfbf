import { executionLimits } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'
import { findEndings } from '../endings.ts'

export const check: ReleaseCheck = {
  id: 'limits.memory',
  stage: 'release',
  group: 'limits',
  severity: 'error',
  title: 'It keeps to its memory on every input',
  why: `The sandbox ends an execution above ${executionLimits.memoryMib} MiB.`,
  howToMend:
    'Do not copy datasets, do not build strings or arrays whose length comes from the data unchecked.',
  run: (examined) => findEndings(examined, ['out-of-memory', 'crashed'], 'an output within the memory'),
}
