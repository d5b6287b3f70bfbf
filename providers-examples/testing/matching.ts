import { expect } from 'vitest'

interface Proposed {
  type: string
  parameters: Record<string, unknown>
  impact?: { amount: number; currency: string } | undefined
  confidence: number
  because: { id: string }[]
}
interface Output {
  proposals: Proposed[]
}

const nameOf = (proposal: Proposed) => JSON.stringify([proposal.type, proposal.parameters])
const byName = (proposals: Proposed[]) => proposals.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
const evidence = ({ because }: Proposed) => because.map((row) => row.id).toSorted()

/** Fails unless the same actions are proposed for the same reasons; amounts may be off by what rounding one of them to `factor` costs. */
export function expectMatching(actual: Output, expected: Output, factor = 1): void {
  expect(byName(actual.proposals).map((p) => [nameOf(p), evidence(p)])).toEqual(
    byName(expected.proposals).map((p) => [nameOf(p), evidence(p)]),
  )
  const others = byName(expected.proposals)
  for (const [i, proposal] of byName(actual.proposals).entries()) {
    expect(proposal.confidence).toBeCloseTo(others[i]?.confidence ?? Number.NaN, 2)
    const difference = (proposal.impact?.amount ?? 0) - (others[i]?.impact?.amount ?? 0)
    expect(Math.abs(difference)).toBeLessThanOrEqual(factor)
  }
}

/** Fails unless they are also proposed in the same order. */
export function expectSameOrder(actual: Output, expected: Output): void {
  expect(actual.proposals.map(nameOf)).toEqual(expected.proposals.map(nameOf))
}
