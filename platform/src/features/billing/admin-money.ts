import { randomUUID } from 'node:crypto'
import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { accountNow } from './account.ts'
import { findAccount } from './account-store.ts'
import { insertGrant } from './grant-store.ts'
import * as store from './money-store.ts'
import type { GrantedCredit, MoneyFigures, NewCredit } from './offer-schemas.ts'
import * as offers from './offer-store.ts'
import { dayMs } from './plans.ts'
import { money } from './present.ts'

type Sales = Awaited<ReturnType<typeof store.sumSales>>
type Sold = Exclude<keyof Sales[number], 'month' | 'currency'>

function byCurrency(rows: Sales, what: Sold) {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(row.currency, (sums.get(row.currency) ?? 0) + Number(row[what]))
  return [...sums].map(([currency, amount]) => money(amount, currency))
}

type Booked = Awaited<ReturnType<typeof store.sumAccounts>>

const accountOf = (booked: Booked, name: string, sign: 1 | -1) =>
  booked
    .filter(({ account }) => account === name)
    .map(({ currency, amount }) => money(sign * Number(amount), currency))

/** The marketplace's money: what was sold, kept and spent in some days, to the start of the first; and what stands now. */
export async function getMoney(unit: UnitOfWork, days: number): Promise<z.infer<typeof MoneyFigures>> {
  requireAdmin(unit.actor)
  const since = new Date(Math.floor(unit.clock().getTime() / dayMs - days) * dayMs)
  const sales = await store.sumSales(unit.tx, since)
  const booked = await store.sumAccounts(unit.tx, since)
  const standing = await store.sumAccounts(unit.tx)
  const sold = sales.reduce((sum, { services }) => sum + Number(services), 0)
  const kept = sales.reduce((sum, row) => sum + Number(row.kept), 0)
  return {
    days,
    since: since.toISOString(),
    gmv: byCurrency(sales, 'services'),
    plans: byCurrency(sales, 'plans'),
    shares: byCurrency(sales, 'shares'),
    // Over currencies as they are: a share, not a sum of money.
    takeRate: sold === 0 ? null : kept / sold,
    givenBack: (await store.sumGivenBack(unit.tx, since)).map(({ currency, amount }) =>
      money(Number(amount), currency),
    ),
    platformRevenue: accountOf(booked, 'platform_revenue', -1),
    conversionRevenue: accountOf(booked, 'conversion_revenue', -1),
    creditCost: accountOf(booked, 'credit_cost', 1),
    launchCost: accountOf(booked, 'launch_cost', 1),
    processing: accountOf(booked, 'processing', 1),
    disputeFees: accountOf(booked, 'dispute_fees', 1),
    badDebt: accountOf(booked, 'bad_debt', 1),
    payable: accountOf(standing, 'provider_payable', -1),
    receivable: accountOf(standing, 'operator_receivable', 1),
    operatorCredit: accountOf(standing, 'operator_credit', -1),
    stripeBalance: accountOf(standing, 'stripe_balance', 1),
    tax: accountOf(standing, 'tax', -1),
    byMonth: [...new Set(sales.map(({ month }) => month))].map((month) => {
      const rows = sales.filter((row) => row.month === month)
      return {
        month,
        gmv: byCurrency(rows, 'services'),
        plans: byCurrency(rows, 'plans'),
        kept: byCurrency(rows, 'kept'),
      }
    }),
  }
}

/** Grants an operator credit that the platform pays: it is used before the operator's own. */
export async function grantCredit(
  unit: UnitOfWork,
  given: z.infer<typeof NewCredit>,
): Promise<z.infer<typeof GrantedCredit>> {
  requireAdmin(unit.actor)
  const organisation = decodeId(idPrefixes.organisation, given.operator)
  const grant = randomUUID()
  const at = await withinTenant(unit, { organisation, kind: 'operator' }, async (theirs) => {
    const account = await findAccount(theirs.tx)
    if (!account)
      throw new ProblemError('not-found', { detail: 'There is no such operator, or it has no billing yet.' })
    if (account.currency && account.currency !== given.amount.currency)
      throw new ProblemError('invalid-request', {
        errors: [
          { pointer: '/amount/currency', detail: `must be ${account.currency}, which the operator pays in` },
        ],
      })
    const now = accountNow(theirs, account)
    await offers.insertCredit(theirs.tx, {
      organisation_id: organisation,
      kind: 'granted',
      currency: given.amount.currency,
      amount: given.amount.amount,
      cause_type: 'grant',
      cause_id: grant,
      reason: given.reason,
      at: now,
    })
    await audit(theirs, 'credit.grant', { amount: given.amount, reason: given.reason })
    return now
  })
  await insertGrant(unit.tx, {
    organisation_id: unit.actor.organisation,
    id: grant,
    operator_id: organisation,
    currency: given.amount.currency,
    amount: given.amount.amount,
    reason: given.reason,
    granted_by: unit.actor.user,
    at: unit.clock(),
  })
  await audit(unit, 'credit.grant', { operator: given.operator, amount: given.amount, reason: given.reason })
  return { ...given, at: at.toISOString() }
}
