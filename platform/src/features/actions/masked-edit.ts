import {
  actionOf,
  datasetOf,
  decodeId,
  parametersOf,
  translateParameters,
  type DatasetName,
  type Money,
} from '@bizq/sdk/contract'
import { pseudonymise, scaleMoney } from '@bizq/sdk/contract/host'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { redactWords } from '../masking/index.ts'
import { openGrant, type OpenGrant } from '../subscriptions/index.ts'
import type { ActionRow } from './store.ts'

const exact = 1_000

/**
 * What an operator made of a proposal, as its provider may read it: ids and money under the masks of its
 * subscription, words redacted. Nothing where there was no edit, or where the masks are gone by now.
 */
export async function maskEdit(
  deps: Deps,
  unit: UnitOfWork,
  action: ActionRow,
): Promise<Record<string, unknown> | null> {
  if (action.decision !== 'edit') return null
  try {
    return await mask(unit, await openGrant(unit, deps, action.subscription_id), action)
  } catch (error) {
    deps.log.warn(
      { err: error, action: action.id },
      'an edit could not be masked; its provider is not told of it',
    )
    return null
  }
}

async function mask(unit: UnitOfWork, grant: OpenGrant, action: ActionRow): Promise<Record<string, unknown>> {
  const { editable, parameters: schema } = actionOf(action.type)
  const edited = Object.fromEntries(
    Object.entries(action.parameters).filter(([name]) => editable.includes(name)),
  )
  const masked = translateParameters(action.type, edited, {
    reference: (dataset: DatasetName, id: string) =>
      pseudonymise(grant.key, dataset, decodeId(datasetOf(dataset).prefix, id)),
    money: (money: Money) => (grant.factor === exact ? money : scaleMoney(money, grant.factor)),
  })
  for (const { name, kind } of parametersOf(schema)) {
    const words = masked[name]
    if ((kind === 'template' || kind === 'label') && typeof words === 'string')
      masked[name] = await redactWords(unit, action.business_id, words)
  }
  return masked
}
