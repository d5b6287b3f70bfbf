import { actionOf, type LoadedRecords } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { BusinessRow } from '../businesses/index.ts'
import { findFacts, openJudge, type Facts, type Verdict } from '../policies/index.ts'
import { circumstancesOf } from './records.ts'
import type { ActionRow } from './store.ts'
import * as store from './store.ts'

/** Asks the policies again, on the stake as the records stand now and on what has been automatic since. */
export async function rejudge(
  unit: UnitOfWork,
  action: ActionRow,
  business: BusinessRow,
  records: LoadedRecords,
  options: { isAutomatic?: boolean } = {},
): Promise<Verdict> {
  const known = await findFacts(unit, action.id)
  const judge = await openJudge(unit)
  const facts: Facts = {
    ...known,
    stake: actionOf(action.type).stake(records, action.parameters, circumstancesOf(business)),
    hour: Temporal.Now.zonedDateTimeISO(business.time_zone).hour,
    lastDay: options.isAutomatic ? await lastDayWithout(unit, action) : known.lastDay,
  }
  return judge(facts)
}

async function lastDayWithout(unit: UnitOfWork, action: ActionRow) {
  const { amount, count } = await store.lockLastDay(unit.tx, unit.actor.organisation, action.service_id)
  return { amount: amount - (action.stake_units ?? 0), count: count - 1 }
}
