import type { Check } from '../check.ts'

export const sameTwice: Check = {
  id: 'determinism.twice',
  group: 'determinism',
  severity: 'error',
  title: 'The same input gives the same output, byte for byte',
  why: 'A receipt is worth what a replay of it proves.',
  howToMend: 'Keep nothing between calls, and take time and dice from the context alone.',
  async run({ trials, run }) {
    const findings = await Promise.all(
      trials.map(async ({ name, input, result }) => {
        if (result.outcome !== 'succeeded') return []
        const again = await run(input)
        const second = again.outcome === 'succeeded' ? again.output : again.outcome
        if (second === result.output) return []
        const at = Array.from(result.output).findIndex((letter, i) => letter !== second[i])
        return [
          {
            input: name,
            detail: `the second run differs from character ${at < 0 ? result.output.length : at} on`,
          },
        ]
      }),
    )
    return findings.flat()
  },
}
