import type { Finding, ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import { circumstancesOf } from '../proposed.ts'

export const check: ReleaseCheck = {
  id: 'safety.expiry',
  stage: 'release',
  group: 'safety',
  severity: 'error',
  title: 'No proposal has expired before it is made',
  why: 'What expires in the past is never seen, and what expires in years stays in the queue.',
  howToMend: 'Give `expires` a day from today to a year ahead, or leave it out.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ case: of, output }) => {
      const { today } = circumstancesOf(examined.manifest, of)
      const latest = Temporal.PlainDate.from(today).add({ years: 1 }).toString()
      return (output?.proposals ?? []).flatMap(({ expires }, i): Finding[] =>
        expires === undefined || (expires >= today && expires <= latest)
          ? []
          : [
              {
                pointer: `/proposals/${i}/expires`,
                detail: `is ${expires}`,
                expected: `${today} to ${latest}`,
              },
            ],
      )
    }),
}
