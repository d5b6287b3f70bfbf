import type { DatasetName } from '@bizq/sdk/contract'
import type { ManifestCheck } from '../check.ts'

export const check: ManifestCheck = {
  id: 'manifest.events',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'It runs on new data that it reads',
  why: 'A run that is started by data which the service may not see costs the operator and changes nothing.',
  howToMend: 'Name in `on` imports of datasets that stand in `data`, each once.',
  run: ({ manifest }) =>
    (manifest?.on ?? []).flatMap((event, i, all) => {
      const dataset = event.slice(0, event.indexOf('.')) as DatasetName
      const pointer = `/on/${i}`
      if (all.indexOf(event) !== i) return [{ pointer, detail: `${event} is named twice` }]
      if (manifest?.data[dataset]) return []
      return [{ pointer, detail: `${event} starts it, and it does not read ${dataset}` }]
    }),
}
