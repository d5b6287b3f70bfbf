import type { Money } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'
import type { Trial } from '../examined.ts'

/** Every currency that stands in an input. */
function currenciesIn({ input }: Trial): Set<string> {
  const found = new Set<string>()
  for (const rows of Object.values(input.data)) {
    for (const value of rows.flatMap((row) => Object.values(row))) {
      if (typeof value === 'string' && /^[A-Z]{3}$/.test(value)) found.add(value)
      if (typeof value === 'object' && value !== null && 'currency' in value)
        found.add((value as Money).currency)
    }
  }
  return found
}

export const check: ReleaseCheck = {
  id: 'contract.impact-currency',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'What a proposal is worth is in the business’s own money',
  why: 'Proposals are sorted by their worth; one in a currency that is nowhere in the books cannot be compared.',
  howToMend: 'Take the currency of `impact` from the row that it was computed of.',
  run: async (examined) =>
    findOn(examined, await examined.trials(), (trial) => {
      const known = currenciesIn(trial)
      return (trial.output?.proposals ?? []).flatMap(({ impact }, i) =>
        impact === undefined || known.has(impact.currency)
          ? []
          : [
              {
                pointer: `/proposals/${i}/impact/currency`,
                detail: `${impact.currency} is nowhere in the input`,
                expected: [...known].join(' or ') || 'no impact',
              },
            ],
      )
    }),
}
