import type { z } from '@hono/zod-openapi'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { accountNow } from './account.ts'
import { findAccount, type Account } from './account-store.ts'
import * as invoices from './invoice/store.ts'
import { foreseeResuming } from './resuming.ts'
import type { BillingStanding, Resuming } from './schemas.ts'
import { owedOf } from './service.ts'

/** Whether what an operator pays for runs, and until when: little enough to be asked with every page. Begins no account. */
export async function getStanding(deps: Deps, actor: Actor): Promise<z.infer<typeof BillingStanding>> {
  requireOrganisationKind(actor, 'operator')
  const account = await withUnitOfWork(deps, actor, ({ tx }) => findAccount(tx))
  if (!account) return { account: null }
  const resuming = (await foreseeResuming(deps, actor, account))?.shown ?? null
  return withUnitOfWork(deps, actor, (unit) => describe(unit, account, resuming))
}

async function describe(
  unit: UnitOfWork,
  account: Account,
  resuming: z.infer<typeof Resuming> | null,
): Promise<z.infer<typeof BillingStanding>> {
  const unpaid = (await invoices.listUnpaid(unit.tx)).filter(({ card }) => card > 0)
  const [open] = unpaid
  return {
    account: {
      state: account.state,
      plan: account.plan,
      now: accountNow(unit, account).toISOString(),
      trialEndsAt: account.trial_ends_at.toISOString(),
      endsAt: account.ends_at?.toISOString() ?? null,
      graceEndsAt: account.grace_ends_at?.toISOString() ?? null,
      nextAttemptAt: open?.next_attempt_at?.toISOString() ?? null,
      hasCard: account.payment_method !== null,
      owed: open ? owedOf(unpaid, open.currency) : null,
      resuming,
    },
  }
}
