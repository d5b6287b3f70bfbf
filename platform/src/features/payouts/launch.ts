import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Listener, UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { monthsAfter, namesOf, sharePercents } from '../ledger/index.ts'
import * as store from './launch-store.ts'
import type { LaunchProvider } from './schemas.ts'
import { findOrganisation } from './party-store.ts'

const launchMonths = 12
const firstCustomers = 100

const wire = (id: string) => encodeId(idPrefixes.organisation, id)

type LaunchRow = Awaited<ReturnType<typeof store.listLaunches>>[number]

function toLaunch(row: LaunchRow, names: ReadonlyMap<string, string>): LaunchProvider {
  return {
    provider: { id: wire(row.provider_id), name: names.get(row.provider_id) ?? '' },
    from: row.from_at.toISOString(),
    until: row.until_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    customers: row.customers ?? 0,
  }
}

export async function listLaunchProviders(unit: UnitOfWork, deps: Deps) {
  requireAdmin(unit.actor)
  const rows = await store.listLaunches(unit.tx)
  const names = await namesOf(
    deps.directory,
    rows.map(({ provider_id }) => provider_id),
  )
  return { items: rows.map((row) => toLaunch(row, names)), next: null }
}

/**
 * Names a launch provider: 90 % for twelve months, and its first hundred customers are the platform's guests. Who came
 * before is numbered first. One that was ended has what is left of its twelve months, and the numbers that it gave.
 */
export async function addLaunchProvider(unit: UnitOfWork, deps: Deps, id: string): Promise<LaunchProvider> {
  requireAdmin(unit.actor)
  const provider = decodeId(idPrefixes.organisation, id)
  const known = await findOrganisation(deps.directory, provider)
  if (known?.kind !== 'provider')
    throw new ProblemError('not-found', {
      detail: 'There is no such provider. Send the id of a provider’s organisation.',
    })
  await store.holdNumbers(unit.tx, provider)
  await nameLaunch(unit, deps, { id: provider, name: known.name })
  const earlier = await store.listEarlierCustomers(deps.directory, provider, firstCustomers)
  await store.numberCustomers(unit.tx, unit.actor.organisation, provider, earlier)
  await audit(unit, 'launch-provider.add', { provider: id })
  const [row] = await store.listLaunches(unit.tx, provider)
  if (!row) throw new Error(`the launch provider ${id} was not kept`)
  return toLaunch(row, new Map([[provider, known.name]]))
}

async function nameLaunch(unit: UnitOfWork, deps: Deps, provider: { id: string; name: string }) {
  const { organisation, user } = unit.actor
  const from = deps.clock()
  const named = await store.findNamed(unit.tx, provider.id)
  const given = { organisation, provider: provider.id, from, user }
  if (!named) return store.insertLaunch(unit.tx, { ...given, until: monthsAfter(from, launchMonths) })
  if (!named.ended_at)
    throw new ProblemError('already-exists', { detail: `${provider.name} is a launch provider already.` })
  if (named.until_at <= from)
    throw new ProblemError('conflict', {
      detail: `${provider.name} was a launch provider before: the ${launchMonths} months from when it was first named were over on ${named.until_at.toISOString().slice(0, 10)}.`,
    })
  return store.resumeLaunch(unit.tx, given)
}

/** From now on the provider is paid as every other, and its customers pay. */
export async function endLaunchProvider(unit: UnitOfWork, deps: Deps, id: string): Promise<void> {
  requireAdmin(unit.actor)
  if (!(await store.endLaunch(unit.tx, decodeId(idPrefixes.organisation, id), deps.clock())))
    throw new ProblemError('not-found', { detail: 'It is no launch provider.' })
  await audit(unit, 'launch-provider.end', { provider: id })
}

/** On what terms a provider's lines on an invoice of an operator are. */
export interface LaunchTerms {
  sharePercent: number
  /** The platform pays the whole line: the operator is one of a launch provider's first hundred customers. */
  isFree: boolean
}

/** The terms of each provider (UUID) for an operator (UUID), at an instant: the start of an invoice's period. */
export async function launchTermsOf(
  { directory }: Pick<Deps, 'directory'>,
  operator: string,
): Promise<(provider: string, at: Date) => LaunchTerms> {
  const { launches, first } = await store.listTerms(directory, operator)
  const byProvider = Map.groupBy(launches, (row) => row.provider_id)
  return (provider, at) => {
    const spans = byProvider.get(provider) ?? []
    if (!spans.some((span) => at >= span.from_at && at < span.until_at))
      return { sharePercent: sharePercents.usual, isFree: false }
    return { sharePercent: sharePercents.launch, isFree: first.has(provider) }
  }
}

/** Numbers an operator among a launch provider's customers with its first subscription. */
export const numberLaunchCustomers: Listener = async (unit, event) => {
  if (event.type !== 'subscription.created') return
  const { subscription } = event.payload as { subscription: string }
  await store.numberCustomer(unit.tx, decodeId(idPrefixes.subscription, subscription))
}
