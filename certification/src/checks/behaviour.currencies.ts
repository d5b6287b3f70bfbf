import { changeValues } from '../inputs/change.ts'
import { oddDataCheck } from '../odd-data.ts'

const currencies = ['JPY', 'KWD', 'USD', 'GBP']

export const check = oddDataCheck({
  id: 'behaviour.currencies',
  severity: 'error',
  title: 'It ends well where a business has several currencies',
  why: 'Who buys abroad pays in yen without minor units and in dinars with three digits of them.',
  howToMend: 'Group money by currency before adding it up; assume neither one currency nor two digits.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'four currencies',
      books: changeValues(ordinary.books, (value, { kind }, _, i) => {
        const currency = currencies[i % currencies.length] ?? 'GBP'
        if (kind === 'currency') return currency
        return kind === 'money' && value !== null ? { ...(value as object), currency } : value
      }),
    },
  ],
})
