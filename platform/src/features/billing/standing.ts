import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { accountNow } from './account.ts'
import { findAccount } from './account-store.ts'
import * as invoices from './invoice/store.ts'
import type { BillingStanding } from './schemas.ts'
import { owedOf } from './service.ts'

/** Whether what an operator pays for runs, and until when: little enough to be asked with every page. Begins no account. */
export async function getStanding(unit: UnitOfWork): Promise<z.infer<typeof BillingStanding>> {
  requireOrganisationKind(unit.actor, 'operator')
  const account = await findAccount(unit.tx)
  if (!account) return { account: null }
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
    },
  }
}
