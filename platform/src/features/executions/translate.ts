import {
  actionOf,
  encodeId,
  parametersOf,
  translateParameters,
  datasetOf,
  type DatasetName,
  type ExecutionOutput,
  type Money,
} from '@bizq/sdk/contract'
import { unscaleMoney } from '@bizq/sdk/contract/host'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Proposal } from '../actions/index.ts'
import { resolvePseudonyms, type Named, type OpenGrant } from '../subscriptions/index.ts'
import { isMoney } from './input.ts'

export interface Translated {
  proposals: Proposal[]
  recommendations: { text: string; because: { dataset: DatasetName; id: string }[] }[]
  metrics: Record<string, number | Money>
}

/** Takes the masks of an output back: real ids, exact money. What it names was checked to be rows of the input. */
export async function translateOutput(
  unit: UnitOfWork,
  grant: OpenGrant,
  output: ExecutionOutput,
): Promise<Translated> {
  return translateWith(await resolvePseudonyms(unit, grant, namesIn(output)), grant, output)
}

/** The same with the ids that the pseudonyms of `namesIn` stand for. */
export function translateWith(
  ids: ReadonlyMap<string, string>,
  grant: OpenGrant,
  output: ExecutionOutput,
): Translated {
  const idOf = (dataset: DatasetName, pseudonym: string): string | undefined => {
    const uuid = ids.get(pseudonym)
    return uuid === undefined ? undefined : encodeId(datasetOf(dataset).prefix, uuid)
  }
  const money = (given: Money): Money => (grant.factor === 1_000 ? given : unscaleMoney(given, grant.factor))
  const rows = (because: readonly { dataset: DatasetName; id: string }[]) =>
    because.flatMap(({ dataset, id }) => {
      const real = idOf(dataset, id)
      return real === undefined ? [] : [{ dataset, id: real }]
    })
  return {
    proposals: output.proposals.map((proposal) => ({
      type: proposal.type,
      parameters: translateParameters(proposal.type, proposal.parameters, {
        // A row that was deleted since keeps an id that leads nowhere: the proposal is then dropped as gone.
        reference: (dataset, id) => idOf(dataset, id) ?? encodeId(datasetOf(dataset).prefix, '0'.repeat(32)),
        money,
      }),
      impact: proposal.impact ? money(proposal.impact) : null,
      confidence: proposal.confidence,
      because: rows(proposal.because),
      ...(proposal.expires ? { expiresAt: endOfDay(proposal.expires, grant.timeZone) } : {}),
    })),
    recommendations: output.recommendations.map(({ text, because }) => ({ text, because: rows(because) })),
    metrics: Object.fromEntries(
      Object.entries(output.metrics).map(([name, value]) => [name, isMoney(value) ? money(value) : value]),
    ),
  }
}

function endOfDay(day: string, timeZone: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).toInstant().toString()
}

/** Every pseudonym that an output names. */
export function namesIn(output: ExecutionOutput): Named[] {
  const named: Named[] = []
  for (const { type, parameters, because } of output.proposals) {
    for (const { name, dataset } of parametersOf(actionOf(type).parameters)) {
      const pseudonym = parameters[name]
      if (dataset && typeof pseudonym === 'string') named.push({ dataset, pseudonym })
    }
    named.push(...because.map(({ dataset, id }) => ({ dataset, pseudonym: id })))
  }
  for (const { because } of output.recommendations)
    named.push(...because.map(({ dataset, id }) => ({ dataset, pseudonym: id })))
  return named
}
