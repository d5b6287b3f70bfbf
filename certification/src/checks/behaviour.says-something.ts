import type { ReleaseCheck } from '../check.ts'

export const check: ReleaseCheck = {
  id: 'behaviour.says-something',
  stage: 'release',
  group: 'behaviour',
  severity: 'warning',
  title: 'It says something on ordinary data',
  why: 'Checks of proposals are empty words when there never is one.',
  howToMend: 'Look whether ordinary rows reach the code that proposes, or supply a case whose rows do.',
  async run(examined) {
    const outputs = (await examined.ordinaryTrials()).flatMap(({ output, result, said }) =>
      result.outcome === 'succeeded' ? [output ?? said] : [],
    ) as { proposals?: unknown[]; recommendations?: unknown[] }[]
    const spoke = outputs.some(
      ({ proposals = [], recommendations = [] }) => proposals.length + recommendations.length > 0,
    )
    return spoke || outputs.length === 0 ? [] : [{ detail: 'no case led to a proposal or a recommendation' }]
  },
}
