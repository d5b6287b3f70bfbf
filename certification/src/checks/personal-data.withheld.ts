import { isPersonalField } from '@bizq/sdk/contract'
import { withField } from '../inputs/case.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = {
  ...oddDataCheck({
    id: 'personal-data.withheld',
    severity: 'error',
    title: 'It ends well where the operator withholds personal data',
    why: 'Personal data needs a consent of its own, which may be refused or taken back while all else goes on.',
    howToMend: 'Handle null for every personal field.',
    oddities: ({ ordinary }) => [
      {
        ...ordinary,
        name: 'personal values withheld',
        books: withField(ordinary.books, isPersonalField, null),
      },
    ],
  }),
  group: 'personal-data' as const,
}
