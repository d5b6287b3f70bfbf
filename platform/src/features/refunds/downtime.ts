import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import { listPaidLines } from '../billing/index.ts'
import type { Period } from '../ledger/index.ts'
import { asPlatform } from '../payments/index.ts'
import { downtimeCredit } from './parts.ts'
import { planOfLine } from './plan.ts'
import { ofOperator } from './settle.ts'

/** What was measured of a service for one subscription. */
export interface Measured {
  /** The operator (UUID), and the subscription as it stands on the wire. */
  organisation: string
  subscription: string
  /** The month that was measured; of its monthly line a part is given back. */
  period: Period
  seconds: number
  downSeconds: number
}

/**
 * Gives back, as account credit, what a month below 99.9 % of availability was worth: the downtime's part of the monthly
 * price, once for each month. For whoever measures; answers the refund's id, or nothing where nothing is owed.
 */
export async function creditDowntime(deps: Deps, measured: Measured): Promise<string | null> {
  const { organisation, period } = measured
  return asPlatform(deps, (unit) =>
    ofOperator(unit, organisation, async (theirs) => {
      const paid = await listPaidLines(theirs, decodeId(idPrefixes.subscription, measured.subscription))
      const line = paid.find(
        ({ kind, from }) => kind === 'monthly' && from >= period.from && from < period.to,
      )
      const owed = line ? downtimeCredit(line.amount, measured) : 0n
      if (!line || owed === 0n) return null
      const planned = {
        cause: 'downtime',
        causeId: period.from.toISOString(),
        way: 'account_credit',
        reason: `Below 99.9 % of availability: ${Math.round(measured.downSeconds / 60)} minutes down.`,
      } as const
      const row = await planOfLine(theirs, line.id, planned, owed)
      return row ? encodeId(idPrefixes.refund, row.id) : null
    }),
  )
}
