import { datasetNames } from '@bizq/sdk/contract'
import type { ManifestCheck } from '../check.ts'

const folded = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

export const check: ManifestCheck = {
  id: 'manifest.purposes',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'Each dataset has a purpose of its own',
  why: 'The operator consents dataset by dataset, and reads the purpose beside each.',
  howToMend: 'Say for each dataset what would not work without it.',
  run({ manifest }) {
    const seen = new Map<string, string>()
    return datasetNames.flatMap((dataset) => {
      const purpose = manifest?.data[dataset]?.purpose
      if (purpose === undefined) return []
      const pointer = `/data/${dataset}/purpose`
      const words = folded(purpose)
      const other = seen.get(words)
      seen.set(words, dataset)
      if (other !== undefined)
        return [{ pointer, detail: `says the same as that of ${other}`, expected: 'a purpose of its own' }]
      return words.split(' ').length >= 3
        ? []
        : [{ pointer, detail: `“${purpose}” says no purpose`, expected: 'a sentence' }]
    })
  },
}
