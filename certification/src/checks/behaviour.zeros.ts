import { changeValues } from '../inputs/change.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.zeros',
  severity: 'error',
  title: 'It ends well where every amount is zero',
  why: 'Free samples, cancelled orders and settled bills have amounts of zero, and shares of zero are not numbers.',
  howToMend: 'Look at divisions by sums of money or of quantities.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'zeros',
      books: changeValues(ordinary.books, (value, { kind }) => {
        if (value === null) return null
        if (kind === 'money') return { ...(value as object), amount: 0 }
        return kind === 'quantity' || kind === 'rate' ? 0 : value
      }),
    },
  ],
})
