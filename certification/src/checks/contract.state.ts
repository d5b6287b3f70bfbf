import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'contract.state',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'What it keeps between executions is what it declared',
  why: 'The state is read back into the next execution; one of another shape, or over 64 KiB, is refused.',
  howToMend: 'Return a state that fits the schema of `state`, or none where none is declared.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ problems }) =>
      problems.filter(({ pointer }) => pointer === '/state' || pointer.startsWith('/state/')),
    ),
}
