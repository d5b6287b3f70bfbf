import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'contract.evidence',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'Each proposal shows a row that led to it',
  why: 'The operator decides by the rows on the card; a proposal without any asks for blind trust.',
  howToMend: 'Pass the rows as `because`, the most telling ones first, at most 20.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ output }) =>
      (output?.proposals ?? []).flatMap(({ because }, i) =>
        because.length > 0
          ? []
          : [{ pointer: `/proposals/${i}/because`, detail: 'is empty', expected: 'at least one row' }],
      ),
    ),
}
