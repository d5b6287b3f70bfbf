import { makeCase } from '../inputs/case.ts'
import { changeValues } from '../inputs/change.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.leap-day',
  severity: 'error',
  title: 'It ends well on the 29th of February',
  why: 'The day that a year later does not exist comes every four years, for every business at once.',
  howToMend: 'Let Temporal do the arithmetic of months and years; never put dates together of their parts.',
  oddities({ manifest, ordinary }) {
    const now = Date.parse('2028-02-29T09:30:00Z')
    const made = makeCase(manifest, 'leap day', { seed: 6, size: 40, now }, ordinary.world.seed)
    const books = changeValues(made.books, (value, { kind }, _, i) =>
      kind === 'date' && value !== null && i % 7 === 0 ? '2028-02-29' : value,
    )
    return [{ ...made, books }]
  },
})
