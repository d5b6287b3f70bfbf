import { targetOf, type Proposal } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'
import { findOnCases } from '../evidence.ts'
import { readTrial } from '../examined.ts'
import { inputOf } from '../inputs/case.ts'

const keyOf = ({ type, parameters }: Proposal) => JSON.stringify([type, targetOf(type, parameters)])

export const check: ReleaseCheck = {
  id: 'contract.idempotent',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'Run again on the same data, it proposes the same or less',
  why: 'Executions are retried and repeated. A proposal that changes each time replaces itself in the queue, and is never decided.',
  howToMend:
    'Derive proposals from the data alone; let the state only hold proposals back, never change them.',
  run: (examined) => {
    const { manifest, cases, run, trial } = examined
    return findOnCases(examined, cases, async (of) => {
      const first = (await trial(of)).output
      if (!first) return undefined
      const input = { ...inputOf(manifest, of), state: first.state }
      const second = readTrial(manifest, of, input, await run(input, of.world)).output
      const before = new Map(first.proposals.map((each) => [keyOf(each), JSON.stringify(each.parameters)]))
      const other = second?.proposals.find(
        (each) => before.get(keyOf(each)) !== JSON.stringify(each.parameters),
      )
      if (!other) return undefined
      return {
        detail: `given back its own state, it proposes ${other.type} ${JSON.stringify(other.parameters)}`,
        expected: before.get(keyOf(other)) ?? 'nothing about this record',
      }
    })
  },
}
