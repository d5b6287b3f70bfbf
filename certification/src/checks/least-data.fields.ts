import { datasetNames } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { isFieldNeeded, unneededDatasets } from '../needed.ts'

export const check: ReleaseCheck = {
  id: 'least-data.fields',
  stage: 'release',
  group: 'least-data',
  severity: 'error',
  title: 'It needs every field that it asks for',
  why: 'Each field is one more thing that a stranger’s code learns of a business.',
  howToMend: 'Leave the field out of `fields`, or supply a case whose output depends on it.',
  async run(examined) {
    const { manifest } = examined
    const unneeded = await unneededDatasets(examined)
    const findings: Finding[] = []
    for (const dataset of datasetNames.filter((name) => manifest.data[name] && !unneeded.has(name))) {
      for (const [i, field] of (manifest.data[dataset]?.fields ?? []).entries()) {
        if (await isFieldNeeded(examined, dataset, field)) continue
        findings.push({
          pointer: `/data/${dataset}/fields/${i}`,
          detail: `without ${dataset}.${field} the output was the same on all ${examined.allCases().length} inputs`,
          expected: 'another output on one of them',
        })
      }
    }
    return findings
  },
}
