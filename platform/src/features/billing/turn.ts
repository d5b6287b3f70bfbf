import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { accountNow } from './account.ts'
import { endGrace, endTrial, settleChange, tellTrialEnding, turnPeriod } from './boundary.ts'
import { payInvoice } from './invoice/pay.ts'
import { findDue, type Due } from './schedule.ts'

/** More than ten years of months and tries: what does not come to an end is a mistake of ours. */
const mostSteps = 1_000

/**
 * Does everything that an account is due for by its own time, in order and one after the other. Each step is safe to
 * lose and to do again; two that run at once do it once.
 */
export async function turnAccount(deps: Deps, organisation: string): Promise<void> {
  for (let step = 0; step < mostSteps; step++) {
    const due = await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
      const found = await findDue(unit)
      const isDue = found?.due && found.due.at <= accountNow(unit, found.account)
      return isDue ? found.due : undefined
    })
    // What an invoice is reckoned from, and what the last of what is due took back.
    if (!due || due.kind === 'period' || due.kind === 'change')
      await deps.takenBack.settle(deps, organisation)
    if (!due) return
    await doStep(deps, organisation, due)
  }
  throw new Error('an account never comes to rest')
}

async function doStep(deps: Deps, organisation: string, due: Due): Promise<void> {
  switch (due.kind) {
    case 'trial-ending':
      return tellTrialEnding(deps, organisation)
    case 'trial':
      return endTrial(deps, organisation)
    case 'period':
      return turnPeriod(deps, organisation, due.at)
    case 'change':
      return settleChange(deps, organisation, due.at)
    case 'grace':
      return endGrace(deps, organisation)
    case 'pay':
      return payInvoice(deps, { organisation, invoice: due.invoice })
  }
}
