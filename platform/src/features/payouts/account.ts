import { encodeId, idPrefixes, type Money } from '@bizq/sdk/contract'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole, requireScope } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { isDisconnected, keyLifetimeMs, keyOf, stripeErrorOf } from '../../stripe/client.ts'
import { audit } from '../audit/index.ts'
import { sharePercents, toMoney } from '../ledger/index.ts'
import * as store from './account-store.ts'
import { findLaunch } from './launch-store.ts'
import { listPayable, listWaiting } from './earning-store.ts'
import { planTransfersOf } from './plan.ts'
import { reasonInWords, requirementInWords } from './requirements.ts'
import { dayMs, nextTransferAt, providerNow, transferThreshold, type Schedule } from './schedule.ts'
import type { OnboardingRequest, ProviderAccount } from './schemas.ts'
import { keepStanding } from './sync.ts'

const currencies = ['USD', 'EUR', 'GBP']

export function requireProviderReader(actor: Actor): void {
  requireOrganisationKind(actor, 'provider')
  requireScope(actor, '*')
}

export function requireProviderManager(actor: Actor): void {
  requireProviderReader(actor)
  requireRole(actor, 'manager')
}

/** Earned and not transferred yet, in each currency in which there was anything. */
async function payableOf(unit: UnitOfWork): Promise<Money[]> {
  return (await listPayable(unit.tx)).map(({ currency, amount }) => toMoney(amount, currency))
}

/** What Stripe does not let go yet of what was earned, soonest first. */
async function waitingOf(unit: UnitOfWork, now: Date): Promise<ProviderAccount['waiting']> {
  return (await listWaiting(unit.tx, now)).map(({ currency, amount, available_at }) => ({
    amount: toMoney(amount, currency),
    availableAt: available_at.toISOString(),
  }))
}

/** Stripe asks for a date of birth by its day, month and year: what reads the same is said once. */
function inWords(missing: readonly store.Requirement[]): ProviderAccount['missing'] {
  const said = new Map<string, ProviderAccount['missing'][number]>()
  for (const { name, isLate } of missing) {
    const words = requirementInWords(name)
    said.set(words, { name, words, isLate: isLate || (said.get(words)?.isLate ?? false) })
  }
  return [...said.values()]
}

/** Where the provider stands with being paid, and what is missing. */
export async function getAccount(unit: UnitOfWork, deps: Deps): Promise<ProviderAccount> {
  requireProviderReader(unit.actor)
  const row = await store.findAccount(unit.tx)
  const launch = await findLaunch(deps.directory, unit.actor.organisation, deps.clock())
  const missing = (row?.missing ?? []) as store.Requirement[]
  const now = providerNow(unit, row)
  const isBegun = row?.stripe_account !== undefined && row.stripe_account !== null
  return {
    state: isBegun ? row.state : 'none',
    canBePaid: row?.can_be_paid ?? false,
    missing: isBegun
      ? inWords(missing)
      : [{ name: 'account', words: 'An account with Stripe, which pays you', isLate: false }],
    why: row?.can_be_paid ? null : (reasonInWords(row?.reason) ?? 'The account is not set up yet.'),
    isLost: isBegun && row.reason === 'disconnected',
    former: (await store.listFormer(unit.tx)).map((each) => ({
      stripe: each.stripe_account,
      country: each.country,
      begunAt: each.begun_at.toISOString(),
      endedAt: each.ended_at.toISOString(),
      transferred: each.transferred.map(({ currency, amount }) => toMoney(amount, currency)),
    })),
    dueAt: row?.due_at?.toISOString() ?? null,
    country: row?.country ?? null,
    isLaunch: launch !== undefined,
    launchUntil: launch?.until_at.toISOString() ?? null,
    sharePercent: launch ? sharePercents.launch : sharePercents.usual,
    schedule: row?.schedule ?? 'monthly',
    nextTransferAt: row?.can_be_paid ? row.next_transfer_at.toISOString() : null,
    threshold: currencies.map((currency) => toMoney(transferThreshold, currency)),
    payable: await payableOf(unit),
    waiting: await waitingOf(unit, now),
    now: now.toISOString(),
    mayAdvanceClock: row !== undefined && deps.stripe.mode !== 'live',
    mode: deps.stripe.mode,
  }
}

/** When what was earned is transferred from now on. */
export async function putSchedule(
  unit: UnitOfWork,
  deps: Deps,
  schedule: Schedule,
): Promise<ProviderAccount> {
  requireProviderManager(unit.actor)
  const { organisation } = unit.actor
  const row = await store.lockAccount(unit.tx)
  if (!row)
    throw new ProblemError('conflict', {
      detail: 'There is no account to be paid to yet. Set it up first; the schedule can be chosen then.',
    })
  await store.setSchedule(unit.tx, schedule, nextTransferAt(schedule, providerNow(unit, row)))
  await audit(unit, 'payout-schedule.put', {
    organisation: encodeId(idPrefixes.organisation, organisation),
    schedule,
  })
  return getAccount(unit, deps)
}

/**
 * Puts the provider's own time ahead, where no real money is moved, and plans each transfer whose time comes on the way.
 * What Stripe then makes of them follows from their jobs.
 */
export async function advanceClock(deps: Deps, actor: Actor, days: number): Promise<void> {
  requireProviderManager(actor)
  if (deps.stripe.mode === 'live')
    throw new ProblemError('conflict', { detail: 'Real money is moved here: its clock cannot be put ahead.' })
  let target: number | undefined
  for (let isThere = false; !isThere;)
    isThere = await withUnitOfWork(deps, actor, async (unit) => {
      const row = await store.lockAccount(unit.tx)
      if (!row)
        throw new ProblemError('conflict', {
          detail: 'There is no account to be paid to yet. Set it up first; its clock can be put ahead then.',
        })
      target ??= row.clock_ahead_ms + days * dayMs
      const due = row.can_be_paid ? row.next_transfer_at.getTime() - unit.clock().getTime() : target
      const ahead = Math.min(target, Math.max(row.clock_ahead_ms, due))
      await store.putAhead(unit.tx, ahead)
      await planTransfersOf(unit)
      return ahead === target
    })
}

/** The account with Stripe, made if there is none: decided here, asked of Stripe, kept here. Answers Stripe's id. */
async function ensureStripeAccount(deps: Deps, actor: Actor, country: string): Promise<string> {
  const now = deps.clock()
  const row = await withUnitOfWork(deps, actor, async (unit) => {
    const known = await store.findAccount(unit.tx)
    if (known) return known
    const { organisation } = actor
    const next = nextTransferAt('monthly', now)
    await store.insertAccount(unit.tx, {
      organisation_id: organisation,
      country,
      next_transfer_at: next,
      created_at: now,
    })
    const made = await store.findAccount(unit.tx)
    if (!made) throw new Error('the account was not kept')
    await audit(unit, 'payout-account.create', {
      account: encodeId(idPrefixes.payoutAccount, made.id),
      country,
    })
    return made
  })
  if (row.stripe_account !== null) return row.stripe_account
  const id = encodeId(idPrefixes.payoutAccount, row.id)
  const isOld = now.getTime() - row.created_at.getTime() > keyLifetimeMs
  const found = isOld ? await findAtStripe(deps, id) : undefined
  const account = found ?? (await createAtStripe(deps, id, row.country))
  await withUnitOfWork(deps, actor, ({ tx }) => store.setStripeAccount(tx, row.id, account.id))
  await keepStanding(deps, actor.organisation, account)
  return account.id
}

async function findAtStripe(deps: Deps, id: string) {
  for await (const account of deps.stripe.accounts.list({ limit: 100 }))
    if (account.metadata?.['bizq'] === id) return account
  return undefined
}

/** Stripe asks for what it needs, bears no losses of ours, and shows the provider a small dashboard. */
function createAtStripe(deps: Deps, id: string, country: string) {
  return deps.stripe.accounts.create(
    {
      country,
      capabilities: { transfers: { requested: true } },
      controller: {
        fees: { payer: 'application' },
        losses: { payments: 'application' },
        requirement_collection: 'stripe',
        stripe_dashboard: { type: 'express' },
      },
      metadata: { bizq: id },
    },
    { idempotencyKey: keyOf('account', id) },
  )
}

const lostDetail =
  'Stripe does not let the marketplace act for your account any more. Begin a new one on your payouts page, or with POST /v1/provider/account/replacement.'

/** What Stripe refuses of what the person asked is the person's to mend. */
export async function orRefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const refused = stripeErrorOf(error)
    if (isDisconnected(error)) throw new ProblemError('conflict', { detail: lostDetail })
    if (refused?.type === 'StripeInvalidRequestError')
      throw new ProblemError('conflict', { detail: `Stripe refused: ${refused.message}` })
    if (refused)
      throw new ProblemError('unavailable', {
        detail: `Stripe does not answer as it should: ${refused.message}`,
      })
    throw error
  }
}

/** A page of Stripe's own on which the provider gives what is asked for. It leads back to `returnTo`. */
export async function createOnboardingLink(
  deps: Deps,
  actor: Actor,
  { country, returnTo }: OnboardingRequest,
) {
  requireProviderManager(actor)
  const account = await orRefusal(ensureStripeAccount(deps, actor, country))
  const back = new URL(returnTo, deps.config.publicUrl).toString()
  const link = await orRefusal(
    deps.stripe.accountLinks.create({
      account,
      type: 'account_onboarding',
      return_url: back,
      refresh_url: back,
    }),
  )
  return { url: link.url, expiresAt: new Date(link.expires_at * 1_000).toISOString() }
}

/** What Stripe's embedded components are opened with, for this provider alone. */
export async function createAccountSession(deps: Deps, actor: Actor, country: string) {
  requireProviderManager(actor)
  const account = await orRefusal(ensureStripeAccount(deps, actor, country))
  const session = await orRefusal(
    deps.stripe.accountSessions.create({
      account,
      components: {
        account_onboarding: { enabled: true },
        account_management: { enabled: true },
        payouts: { enabled: true },
        balances: { enabled: true },
        documents: { enabled: true },
        notification_banner: { enabled: true },
      },
    }),
  )
  return {
    clientSecret: session.client_secret,
    publishableKey: deps.config.stripe.publishableKey ?? null,
    expiresAt: new Date(session.expires_at * 1_000).toISOString(),
  }
}
