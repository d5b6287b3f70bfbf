import { changeValues } from '../inputs/change.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.nulls',
  severity: 'error',
  title: 'It ends well where every value that may be missing is missing',
  why: 'A field that is not required is null for whoever’s books do not have it.',
  howToMend: 'Handle null for every field that the types call nullable.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'only what is required',
      books: changeValues(ordinary.books, (value, { required }) => (required ? value : null)),
    },
  ],
})
