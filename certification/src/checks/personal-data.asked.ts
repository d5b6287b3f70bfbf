import { datasetNames, datasetOf, isPersonalField } from '@bizq/sdk/contract'
import type { ManifestCheck } from '../check.ts'

export const check: ManifestCheck = {
  id: 'personal-data.asked',
  stage: 'manifest',
  group: 'personal-data',
  severity: 'error',
  title: 'Who handles personal data asks for some',
  why: 'The certificate opens names, addresses and numbers of people; nobody holds it in store.',
  howToMend: 'Leave `handlesPersonalData` out, or ask for the personal fields that the service needs.',
  run({ manifest }) {
    const asks = datasetNames.some((dataset) =>
      manifest?.data[dataset]?.fields.some((name) => {
        const field = datasetOf(dataset).fields[name]
        return field !== undefined && isPersonalField(field)
      }),
    )
    if (!manifest || asks) return []
    return [{ pointer: '/handlesPersonalData', detail: 'is set, and no personal field is asked for' }]
  },
}
