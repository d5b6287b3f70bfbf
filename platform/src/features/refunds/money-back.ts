import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { listPaidLines, presentOf, type RefundableLine } from '../billing/index.ts'
import { toMoney } from '../ledger/index.ts'
import { cancelSubscription, requireSubscription } from '../subscriptions/index.ts'
import { disputedProblem, findDisputed, findUndecided } from './disputed.ts'
import { leftOf, openLines, planRefund, partsOfRefund, type OpenLine } from './plan.ts'
import { creditBackOf } from './returns.ts'
import type { MoneyBack, MoneyBackOffer } from './schemas.ts'
import { toOwn } from './service.ts'
import * as store from './store.ts'

const moneyBackMs = 30 * 86_400_000

type Subscription = Awaited<ReturnType<typeof requireSubscription>>

interface Weighed {
  state: MoneyBackOffer['state']
  until: Date | null
  paid: RefundableLine[]
  problem: ProblemError | undefined
}

const closed = (detail: string) => new ProblemError('money-back-over', { detail })

/** Whether money comes back for a subscription, and until when. While a bank decides about it the days do not pass. */
async function weigh(unit: UnitOfWork, deps: Deps, subscription: Subscription): Promise<Weighed> {
  const paid = await listPaidLines(unit, subscription.id)
  const [first] = paid
  const refused = (state: Weighed['state'], until: Date | null, problem: ProblemError): Weighed => ({
    state,
    until,
    paid,
    problem,
  })
  if (!first?.paidAt)
    return refused('unpaid', null, closed('Nothing was paid for this subscription. To end it, cancel it.'))
  if (await store.hadMoneyBack(unit.tx, subscription.business_id, subscription.service_id))
    return refused(
      'done',
      null,
      closed('The money for this service came back before; it does so once for each business.'),
    )
  const disputed = await findDisputed(deps, paid)
  const undecided = findUndecided(disputed, paid)
  if (undecided)
    return refused(
      'disputed',
      null,
      disputedProblem(undecided.number, 'Ask again when it has: the 30 days do not run out meanwhile.'),
    )
  const until = new Date(first.paidAt.getTime() + moneyBackMs + disputed.decidingMs)
  if ((await presentOf(unit)) < until) return { state: 'possible', until, paid, problem: undefined }
  const day = first.paidAt.toISOString().slice(0, 10)
  return refused(
    'over',
    until,
    closed(
      `It was paid first on ${day}; money back was possible for 30 days. Cancelling gives back what was paid ahead.`,
    ),
  )
}

/** The lines of a subscription of which something is left, locked. */
async function openOf(unit: UnitOfWork, { id }: Subscription, paid: readonly RefundableLine[]) {
  const open: OpenLine[] = []
  for (const invoice of new Set(paid.map((line) => line.invoice)))
    open.push(...(await openLines(unit, invoice)).filter(({ row }) => row.subscription === id))
  return open.filter((line) => leftOf(line) > 0n)
}

/** What comes back of lines when all that is left of them does. */
async function comesBackOf(unit: UnitOfWork, open: readonly OpenLine[], currency: string) {
  const sums = { toCard: 0n, toCredit: 0n, creditBack: 0n, covered: 0n }
  for (const line of open) {
    const parts = partsOfRefund(line, 'card')
    const { service, granted } = await creditBackOf(unit, line.row, {
      cause: 'money_back',
      before: line.before.promotional,
      promotional: parts.promotional,
    })
    sums.toCard += parts.card + parts.tax
    sums.toCredit += parts.credit
    sums.creditBack += service + granted
    sums.covered += parts.promotional - service - granted
  }
  return {
    toCard: toMoney(sums.toCard, currency),
    toCredit: toMoney(sums.toCredit, currency),
    creditBack: toMoney(sums.creditBack, currency),
    covered: toMoney(sums.covered, currency),
  }
}

/** What would come back, and whether it does: said before it is asked for. */
export async function getMoneyBack(unit: UnitOfWork, deps: Deps, id: string): Promise<MoneyBackOffer> {
  requireOrganisationKind(unit.actor, 'operator')
  const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id))
  const { state, until, paid, problem } = await weigh(unit, deps, subscription)
  const [first] = paid
  return {
    state,
    until: until?.toISOString() ?? null,
    back:
      state === 'possible' && first
        ? await comesBackOf(unit, await openOf(unit, subscription, paid), first.currency)
        : null,
    detail: problem?.details.detail ?? null,
  }
}

/**
 * Money back within 30 days of a service's first payment, once for each business: everything that was paid for it goes
 * back to where it came from, and the subscription ends. Refused while a bank decides about what its card had paid.
 */
export async function moneyBack(unit: UnitOfWork, deps: Deps, id: string): Promise<MoneyBack> {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
  const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id), true)
  const { paid, problem } = await weigh(unit, deps, subscription)
  if (problem) throw problem
  const currency = paid[0]?.currency ?? 'USD'
  const open = await openOf(unit, subscription, paid)
  const back = await comesBackOf(unit, open, currency)
  const planned: store.RefundRow[] = []
  for (const line of open) {
    const row = await planRefund(unit, line, { cause: 'money_back', causeId: id, way: 'card' })
    if (row) planned.push(row)
  }
  // After it is planned: what ends has nothing left to take back then.
  await cancelSubscription(unit, deps, id)
  const total = { amount: back.toCard.amount + back.toCredit.amount, currency }
  return { items: planned.map(toOwn), total, ...back }
}
