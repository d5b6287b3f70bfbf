import { personalFields, type PersonalField } from '@bizq/sdk/contract'
import type { Case } from '../inputs/case.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = {
  ...oddDataCheck({
    id: 'personal-data.withheld',
    severity: 'error',
    title: 'It ends well where the operator withholds personal data',
    why: 'Personal data needs a consent of its own, which may be refused or taken back while all else goes on.',
    howToMend: 'Handle null for every personal field that is `optional`, alone and together with the others.',
    oddities: ({ ordinary, manifest }) => {
      const optional = personalFields(manifest).filter(({ isOptional }) => isOptional)
      if (optional.length === 0) return []
      const alone = optional.length > 1 ? optional.map((field) => [field]) : []
      return [optional, ...alone].map((fields) => withheld(ordinary, fields))
    },
  }),
  group: 'personal-data' as const,
}

/** The case with these fields null in every row, as they are where the operator did not agree to them. */
function withheld(of: Case, fields: readonly PersonalField[]): Case {
  const named = fields.map(({ dataset, field }) => `${dataset}.${field}`)
  const books = Object.fromEntries(
    Object.entries(of.books).map(([dataset, rows]) => {
      const own = fields.filter((each) => each.dataset === dataset).map(({ field }) => [field, null])
      return [dataset, rows?.map((row) => ({ ...row, ...Object.fromEntries(own) }))]
    }),
  ) as Case['books']
  return { ...of, name: `without ${named.join(', ')}`, books }
}
