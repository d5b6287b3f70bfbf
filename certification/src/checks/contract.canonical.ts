import { canonicalJson } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

export const check: ReleaseCheck = {
  id: 'contract.canonical',
  stage: 'release',
  group: 'contract',
  severity: 'warning',
  title: 'Outputs are canonical JSON',
  why: 'Receipts are over the bytes of the output: the same output must have one form (RFC 8785).',
  howToMend:
    'Export what `bizq build` makes; a bundle written by hand sorts its keys and writes no white space.',
  skip: ({ remote }) => remote && 'the platform brings remote outputs into canonical form',
  run: async (examined) =>
    findOn(examined, await examined.trials(), ({ result, said, output }) => {
      if (result.outcome !== 'succeeded' || !output) return []
      const canonical = canonicalJson(said)
      if (canonical === result.output) return []
      const at = Array.from(canonical).findIndex((letter, i) => letter !== result.output[i])
      return [
        {
          detail: `from character ${at} on it says ${result.output.slice(at, at + 40)}`,
          expected: canonical.slice(at, at + 40),
        },
      ]
    }),
}
