import { changeValues } from '../inputs/change.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.negatives',
  severity: 'error',
  title: 'It ends well where amounts are negative',
  why: 'Credit notes, returns and stock that was sold twice are negative in real books.',
  howToMend: 'Look at logarithms, roots, array lengths and repeats that are computed of an amount.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'negative amounts',
      books: changeValues(ordinary.books, (value, { kind }) => {
        if (value === null) return null
        if (kind === 'money')
          return { ...(value as object), amount: -Math.abs((value as { amount: number }).amount) }
        return kind === 'quantity' ? -Math.abs(value as number) : value
      }),
    },
  ],
})
