import type { ActionParameters, ActionType } from '../contract/actions/index.ts'
import type { ExecutionOutput, Proposal } from '../contract/execution.ts'

/** A proposal whose parameters are typed by its action type. */
export interface ProposalOf<T extends ActionType> extends Omit<Proposal, 'type' | 'parameters'> {
  type: T
  parameters: ActionParameters<T>
}

type Proposals = Pick<ExecutionOutput, 'proposals'>

/** An expectation of a test that was not met; lists what was proposed instead. */
export class ProposalMismatch extends Error {
  override readonly name = 'ProposalMismatch'
}

function list(proposals: readonly Proposal[]): string {
  if (proposals.length === 0) return '  nothing was proposed'
  const shown = proposals.slice(0, 10).map((p) => `  ${p.type} ${JSON.stringify(p.parameters)}`)
  if (proposals.length > shown.length) shown.push(`  … and ${proposals.length - shown.length} more`)
  return shown.join('\n')
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The proposals of one type, typed. */
export function proposalsOf<T extends ActionType>(output: Proposals, type: T): ProposalOf<T>[] {
  return output.proposals.filter((proposal) => proposal.type === type) as unknown as ProposalOf<T>[]
}

/**
 * The one proposal of this type whose parameters hold these values. Throws a ProposalMismatch, which
 * lists what was proposed, when there is none or more than one.
 *
 * ```ts
 * const reminder = expectProposal(output, 'invoice.remind', { invoice: late.id })
 * ```
 */
export function expectProposal<T extends ActionType>(
  output: Proposals,
  type: T,
  parameters: Partial<ActionParameters<T>> = {},
): ProposalOf<T> {
  const found = proposalsOf(output, type).filter((proposal) => {
    const given: Readonly<Record<string, unknown>> = { ...proposal.parameters }
    return Object.entries(parameters).every(([name, value]) => isSame(given[name], value))
  })
  const [proposal] = found
  if (proposal && found.length === 1) return proposal
  throw new ProposalMismatch(
    `expected one ${type} with ${JSON.stringify(parameters)}, found ${found.length} of:\n${list(output.proposals)}`,
  )
}

/** Throws a ProposalMismatch when something was proposed; of one type only, when a type is given. */
export function expectNoProposal(output: Proposals, type?: ActionType): void {
  const found = type === undefined ? output.proposals : output.proposals.filter((p) => p.type === type)
  if (found.length === 0) return
  throw new ProposalMismatch(`expected no ${type ?? 'proposal'}, found:\n${list(found)}`)
}
