import {
  decodeId,
  encodeId,
  idPrefixes,
  statesBefore,
  type ActionType,
  type Money,
  type StateOf,
} from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withinTenant, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin, requireOrganisationKind, requireRole, requireScope } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { getAction } from '../actions/index.ts'
import { getExecution } from '../executions/index.ts'
import { redactByForm, redactForOthers } from '../masking/index.ts'
import {
  openGrant,
  requireSubscription,
  type OpenGrant,
  type SubscriptionRow,
} from '../subscriptions/index.ts'
import { tellDisputeJob, tellSide } from './jobs.ts'
import { toDisputes } from './present.ts'
import type { Dispute, DisputeDecision, DisputeQuery, NewDispute } from './schemas.ts'
import * as store from './store.ts'

const answerWithinMs = 48 * 3_600_000
const mostMonths = 12

async function requirePlatform(deps: Pick<Deps, 'directory'>): Promise<string> {
  const platform = await store.findPlatform(deps.directory)
  if (!platform)
    throw new ProblemError('unavailable', { detail: 'Nobody runs this marketplace yet who could decide.' })
  return platform.organisation_id
}

async function answer(deps: Deps, row: store.DisputeRow | undefined): Promise<Dispute> {
  const [dispute] = row ? await toDisputes(deps, [row]) : []
  if (!dispute) throw notFound()
  return dispute
}

const notFound = () =>
  new ProblemError('not-found', { detail: 'There is no such dispute of your organisation.' })

/** Who may read disputes: each side its own. */
function requireReader(actor: Actor): void {
  if (actor.organisationKind === 'platform') requireAdmin(actor)
  const scopes = { operator: 'services:read', provider: 'releases:write', platform: '*' } as const
  requireScope(actor, scopes[actor.organisationKind])
}

interface About {
  about: 'subscription' | 'action' | 'execution'
  action_id: string | null
  execution_id: string | null
  action_type: ActionType | null
  release_version: string
}

/** What the dispute is about, of this very subscription. */
async function aboutOf(
  unit: UnitOfWork,
  deps: Deps,
  subscription: SubscriptionRow,
  grant: OpenGrant,
  given: NewDispute['about'],
): Promise<About> {
  const nothing = { action_id: null, execution_id: null, action_type: null }
  const own = encodeId(idPrefixes.subscription, subscription.id)
  if (given.kind === 'subscription')
    return { ...nothing, about: 'subscription', release_version: grant.release.version }
  if (given.kind === 'action') {
    const { type, service, ...action } = await getAction(unit, given.action)
    requireOf(action.subscription === own, 'action')
    const id = decodeId(idPrefixes.action, given.action)
    return { ...nothing, about: 'action', action_id: id, action_type: type, release_version: service.release }
  }
  const { release, ...execution } = await getExecution(unit, deps, given.execution)
  requireOf(execution.subscription === own, 'execution')
  const id = decodeId(idPrefixes.execution, given.execution)
  return { ...nothing, about: 'execution', execution_id: id, release_version: release.version }
}

function requireOf(isOf: boolean, kind: 'action' | 'execution'): void {
  if (!isOf) throw new ProblemError('not-found', { detail: `The subscription has no such ${kind}.` })
}

/** Amounts are of the price alone: one of the business would give away what is scaled. */
function requirePriced(amount: Money | undefined, { price }: SubscriptionRow): void {
  if (!amount) return
  const { monthly } = price
  const most = (monthly?.amount ?? 0) * mostMonths
  if (monthly && amount.currency === monthly.currency && amount.amount > 0 && amount.amount <= most) return
  throw new ProblemError('invalid-request', {
    detail: 'A credit is at most a year of the price of the service, in its currency.',
    errors: [
      {
        pointer: '/amount',
        detail: monthly
          ? `must be above 0 and at most ${most} in minor units of ${monthly.currency}`
          : 'the service has no monthly price: leave the amount out',
      },
    ],
  })
}

/** Opens a dispute about a subscription, or an action or execution of it. The others read redacted words. */
export async function openDispute(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  body: NewDispute,
): Promise<Dispute> {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
  const platform = await requirePlatform(deps)
  const subscription = await requireSubscription(unit, decodeId(idPrefixes.subscription, id))
  requirePriced(body.amount, subscription)
  const grant = await openGrant(unit, deps, subscription.id)
  const about = await aboutOf(unit, deps, subscription, grant, body.about)
  const row = await store.insertDispute(unit.tx, {
    organisation_id: unit.actor.organisation,
    provider_id: subscription.provider_id,
    subscriber_id: subscription.subscriber_id,
    business_id: subscription.business_id,
    subscription_id: subscription.id,
    ...about,
    service_id: subscription.service_id,
    service_slug: grant.release.slug,
    service_name: grant.release.manifest.name,
    reason: body.reason,
    own_words: body.words,
    words: await redactForOthers(unit, subscription.business_id, body.words, grant.key),
    wish: body.wish,
    asked_amount: body.amount?.amount ?? null,
    asked_currency: body.amount?.currency ?? null,
    due_at: new Date(Date.now() + answerWithinMs),
  })
  if (!row)
    throw new ProblemError('already-exists', { detail: 'This is in dispute already; wait for its decision.' })
  await store.tellOthers(unit.tx, platform, row.id)
  await tellSide(unit, row.id, { subscription: id, reason: body.reason, about: body.about.kind })
  await enqueue(unit, tellDisputeJob, {
    organisation: subscription.provider_id,
    kind: 'provider',
    dispute: row.id,
  })
  await enqueue(unit, tellDisputeJob, { organisation: platform, kind: 'platform', dispute: row.id })
  return answer(deps, row)
}

export async function listDisputes(unit: UnitOfWork, deps: Deps, query: DisputeQuery) {
  requireReader(unit.actor)
  const states = {
    waiting: ['open', 'answered'],
    ended: ['decided', 'withdrawn'],
  } as const
  const rows = await store.listDisputes(unit.tx, {
    states: query.state && states[query.state],
    subscription: query.subscription && decodeId(idPrefixes.subscription, query.subscription),
    service: query.service && decodeId(idPrefixes.service, query.service),
    after: decodeCursor(query.cursor, z.tuple([z.iso.datetime(), z.uuid()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.opened_at.toISOString(), row.id])
  return { items: await toDisputes(deps, page.items), next: page.next }
}

export async function getDispute(unit: UnitOfWork, deps: Deps, id: string): Promise<Dispute> {
  requireReader(unit.actor)
  return answer(deps, await store.findDispute(unit.tx, decodeId(idPrefixes.dispute, id)))
}

/** Moves the dispute for all three sides; refuses when its state does not allow it any more. */
async function move(unit: UnitOfWork, deps: Deps, id: string, to: store.Move) {
  const dispute = decodeId(idPrefixes.dispute, id)
  const platform = await requirePlatform(deps)
  const row = await store.findDispute(unit.tx, dispute)
  if (!row) throw notFound()
  const from = statesBefore('dispute', to.state).filter((state: StateOf<'dispute'>) => state !== to.state)
  const parties = await store.moveDispute(unit.tx, platform, dispute, from, to)
  if (!parties)
    throw new ProblemError('conflict', { detail: `A dispute that is ${row.state} cannot be ${to.state}.` })
  return { dispute, platform, ...parties }
}

/** The provider's one answer, within 48 hours or later. */
export async function answerDispute(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  words: string,
): Promise<Dispute> {
  requireOrganisationKind(unit.actor, 'provider')
  requireRole(unit.actor, 'manager')
  const moved = await move(unit, deps, id, { state: 'answered', answer: redactByForm(words) })
  await tellSide(unit, moved.dispute)
  const { dispute, platform, operator } = moved
  await enqueue(unit, tellDisputeJob, { organisation: operator, kind: 'operator', dispute })
  await enqueue(unit, tellDisputeJob, { organisation: platform, kind: 'platform', dispute })
  return getDispute(unit, deps, id)
}

/** The operator takes it back. */
export async function withdrawDispute(unit: UnitOfWork, deps: Deps, id: string): Promise<Dispute> {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
  const { dispute, platform, provider } = await move(unit, deps, id, { state: 'withdrawn' })
  await tellSide(unit, dispute)
  await enqueue(unit, tellDisputeJob, { organisation: provider, kind: 'provider', dispute })
  await enqueue(unit, tellDisputeJob, { organisation: platform, kind: 'platform', dispute })
  return getDispute(unit, deps, id)
}

/** The platform decides, with reasons. Both parties' logs and events are part of the same transaction. */
export async function decideDispute(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  body: DisputeDecision,
): Promise<Dispute> {
  requireAdmin(unit.actor)
  const { dispute, operator, provider } = await move(unit, deps, id, {
    state: 'decided',
    outcome: body.outcome,
    decision: redactByForm(body.words),
    ...(body.credit ? { creditAmount: body.credit.amount, creditCurrency: body.credit.currency } : {}),
  })
  const facts = { outcome: body.outcome, credit: body.credit ?? null }
  await tellSide(unit, dispute, facts)
  for (const tenant of [
    { organisation: operator, kind: 'operator' },
    { organisation: provider, kind: 'provider' },
  ] as const)
    await withinTenant(unit, tenant, (theirs) => tellSide(theirs, dispute, facts))
  return getDispute(unit, deps, id)
}
