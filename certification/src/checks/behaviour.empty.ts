import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.empty',
  severity: 'error',
  title: 'It ends well without any rows',
  why: 'A business that has just signed up has none.',
  howToMend: 'Look at what is computed of the first row, of a maximum or of a division by a count.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'no rows',
      books: Object.fromEntries(Object.keys(ordinary.books).map((dataset) => [dataset, []])),
    },
  ],
})
