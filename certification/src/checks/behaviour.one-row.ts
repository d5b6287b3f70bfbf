import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.one-row',
  severity: 'error',
  title: 'It ends well on a single row of each dataset',
  why: 'The first order of a new shop is one row; averages, spreads and trends of one are not defined.',
  howToMend: 'Look at divisions by a count less one, and at what needs two rows to compare.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'one row of each',
      books: Object.fromEntries(
        Object.entries(ordinary.books).map(([dataset, rows]) => [dataset, rows.slice(-1)]),
      ),
    },
  ],
})
