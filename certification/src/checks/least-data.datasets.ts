import type { ReleaseCheck } from '../check.ts'
import { unneededDatasets } from '../needed.ts'

export const check: ReleaseCheck = {
  id: 'least-data.datasets',
  stage: 'release',
  group: 'least-data',
  severity: 'error',
  title: 'It needs every dataset that it asks for',
  why: 'What it does not need it must not see: the operator consents to each dataset for the sake of what it does.',
  howToMend: 'Leave the dataset out of `data`, or supply a case whose output depends on it.',
  async run(examined) {
    return [...(await unneededDatasets(examined))].map((dataset) => ({
      pointer: `/data/${dataset}`,
      detail: `without any rows of ${dataset} the output was the same on all ${examined.allCases().length} inputs`,
      expected: 'another output on one of them',
    }))
  },
}
