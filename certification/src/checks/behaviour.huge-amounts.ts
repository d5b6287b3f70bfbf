import { changeValues } from '../inputs/change.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.huge-amounts',
  severity: 'error',
  title: 'It ends well on amounts as large as JSON can hold',
  why: 'Scaled money in a currency of small units comes near 2^53; sums beyond it are no longer whole numbers.',
  howToMend: 'Bound what you compute of money before you return it: at most Number.MAX_SAFE_INTEGER.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'huge amounts',
      books: changeValues(ordinary.books, (value, { kind }) => {
        if (value === null) return null
        if (kind === 'money') {
          const { amount } = value as { amount: number }
          return { ...(value as object), amount: Math.sign(amount) * Number.MAX_SAFE_INTEGER }
        }
        return kind === 'quantity' ? 1_000_000_000 : value
      }),
    },
  ],
})
