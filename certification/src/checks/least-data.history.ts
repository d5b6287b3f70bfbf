import { datasetNames, datasetOf } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { windowOf } from '../inputs/case.ts'
import { changesSomewhere, unneededDatasets } from '../needed.ts'

export const check: ReleaseCheck = {
  id: 'least-data.history',
  stage: 'release',
  group: 'least-data',
  severity: 'error',
  title: 'It needs the days of history that it asks for',
  why: 'A window of a year that is looked at for a month discloses eleven months for nothing. Open items come in any window.',
  howToMend:
    'Shorten `history` to what the code looks back, or supply a case whose output depends on the older rows.',
  async run(examined) {
    const { manifest } = examined
    const unneeded = await unneededDatasets(examined)
    const findings: Finding[] = []
    for (const dataset of datasetNames) {
      const days = windowOf(manifest, dataset)
      const asked = manifest.data[dataset]
      if (!asked || datasetOf(dataset).time === null || days < 7 || unneeded.has(dataset)) continue
      const half = `${Math.floor(days / 2)}d` as const
      const shorter = { ...manifest, data: { ...manifest.data, [dataset]: { ...asked, history: half } } }
      if (await changesSomewhere(examined, (input) => input, shorter)) continue
      findings.push({
        pointer: `/data/${dataset}/history`,
        detail: `with ${half} instead of ${days}d of ${dataset} the output was the same on all ${examined.allCases().length} inputs`,
        expected: 'another output on one of them',
      })
    }
    return findings
  },
}
