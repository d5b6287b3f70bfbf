import type { ReleaseCheck } from '../check.ts'
import { readTrial } from '../examined.ts'
import { inputOf } from '../inputs/case.ts'

const runs = 8

export const check: ReleaseCheck = {
  id: 'contract.state-bounded',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'Its state does not grow with every execution',
  why: 'A state that grows on the same data passes 64 KiB one day, and from then on every execution fails.',
  howToMend: 'Keep a fixed number of entries, or only those of records that are still in the input.',
  skip: ({ manifest }) => (manifest.state ? undefined : 'it keeps no state'),
  async run({ manifest, cases, run }) {
    const of = cases[0]
    if (!of) return []
    let state = of.state
    const sizes: number[] = []
    for (let i = 0; i < runs; i++) {
      const input = { ...inputOf(manifest, of), state }
      const { output } = readTrial(manifest, of, input, await run(input, of.world))
      if (!output) return []
      state = output.state
      sizes.push(JSON.stringify(state).length)
    }
    const later = sizes.slice(runs / 2)
    const grows = later.every((size, i) => i === 0 || size - (later[i - 1] ?? size) >= 4)
    if (!grows) return []
    const detail = `on the same data the state had ${sizes.join(', ')} bytes after each execution`
    return [{ pointer: '/state', detail, expected: 'a size that settles', input: of.name }]
  },
}
