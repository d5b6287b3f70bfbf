import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import { availabilityOf, creditPercent, findKnownUntil, tellOfCredit } from '../availability/index.ts'
import { listPaidLines } from '../billing/index.ts'
import type { Period } from '../ledger/index.ts'
import { asPlatform } from '../payments/index.ts'
import { downtimeCredit } from './parts.ts'
import { planOfLine } from './plan.ts'
import { ofOperator } from './settle.ts'
import * as told from './told-store.ts'

/** Lines that ended longer ago were looked at, or are of invoices that nobody paid in time. */
const longestMs = 100 * 86_400_000
const mostLines = 5_000

/**
 * Gives back, as account credit, what a service's time below 99.9 % is credited with: of each line that was paid for
 * it once, when all is known of the line's days. The provider bears it as it shares every line.
 */
export async function creditMeasured(deps: Deps): Promise<void> {
  const until = await findKnownUntil(deps)
  if (!until) return
  const since = new Date(until.getTime() - longestMs)
  for (const line of await told.listLinesWithDowntime(deps.directory, since, until, mostLines))
    await creditLine(deps, line).catch((error: unknown) =>
      deps.log.error({ err: error, line: line.id }, 'downtime could not be credited; it is tried again'),
    )
}

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

/** The same for one subscription and month, by whoever measured; answers the refund's id, or nothing where nothing is owed. */
export async function creditDowntime(deps: Deps, measured: Measured): Promise<string | null> {
  const { organisation, period, subscription } = measured
  const paid = await asPlatform(deps, (unit) =>
    ofOperator(unit, organisation, (theirs) =>
      listPaidLines(theirs, decodeId(idPrefixes.subscription, subscription)),
    ),
  )
  const line = paid.find(({ kind, from }) => kind === 'monthly' && from >= period.from && from < period.to)
  const [minutes, minutesDown] = [measured.seconds, measured.downSeconds].map((each) => each / 60) as [
    number,
    number,
  ]
  if (!line?.provider || !line.service || creditPercent(minutes, minutesDown) === 0) return null
  return creditLine(deps, {
    organisation_id: organisation,
    id: line.id,
    service_id: line.service,
    provider_id: line.provider,
    from_at: line.from,
    minutes,
    minutes_down: minutesDown,
  })
}

async function creditLine(deps: Deps, line: told.LineWithDowntime): Promise<string | null> {
  const { organisation_id: organisation, minutes, minutes_down: minutesDown } = line
  const percent = creditPercent(minutes, minutesDown)
  const availability = (availabilityOf(minutes, minutesDown) * 100).toFixed(2)
  const planned = {
    cause: 'downtime',
    causeId: encodeId(idPrefixes.invoiceLine, line.id),
    way: 'account_credit',
    reason: `It was available ${availability} % of the time: ${percent} % of the price are given back.`,
  } as const
  return asPlatform(deps, async (unit) => {
    const row = await ofOperator(unit, organisation, (theirs) =>
      planOfLine(theirs, line.id, planned, (left) => downtimeCredit(left, { minutes, minutesDown })),
    )
    if (!row) return null
    const month = line.from_at.toISOString().slice(0, 7)
    await tellOfCredit(unit, { provider: line.provider_id, service: line.service_id, month })
    return encodeId(idPrefixes.refund, row.id)
  })
}
