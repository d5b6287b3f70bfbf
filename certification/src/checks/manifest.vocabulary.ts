import { categories } from '@bizq/sdk/contract'
import type { ManifestCheck } from '../check.ts'

export const check: ManifestCheck = {
  id: 'manifest.vocabulary',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'Category and capabilities are words of the catalogue',
  why: 'Operators find and compare services by these words; a word of its own is found by nobody.',
  howToMend: `Choose a category and capabilities from the vocabulary (${Object.keys(categories).length} categories), each once.`,
  run({ manifest, problems }) {
    const unknown = problems.filter(({ pointer }) => /^\/(category|capabilities)(\/|$)/.test(pointer))
    const said = manifest?.capabilities ?? []
    return [
      ...unknown,
      ...said.flatMap((capability, i) =>
        said.indexOf(capability) === i
          ? []
          : [
              {
                pointer: `/capabilities/${i}`,
                detail: `${capability} is named twice`,
                expected: 'each once',
              },
            ],
      ),
    ]
  },
}
