import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { enqueue } from '../../jobs/define.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { resumeByPlatform, stopByPlatform } from '../identity/index.ts'
import { restoreService, suspendService } from '../releases/index.ts'
import * as directory from './directory-store.ts'
import { tellSubscribersJob } from './jobs.ts'
import { tell, type Told } from './tell.ts'
import type { ActKind, ActQuery, OrganisationAct, PlatformAct, ServiceAct } from './schemas.ts'
import * as store from './store.ts'

type Reason = Pick<ServiceAct, 'code' | 'words'>
const lifts: Partial<Record<ActKind, ActKind>> = { show: 'hide', restore: 'suspend', resume: 'stop' }
const already = { hide: 'hidden', suspend: 'suspended', stop: 'stopped' } as Record<ActKind, string>

interface Concerned {
  organisation: string
  kind: 'operator' | 'provider'
  service: { id: string; slug: string; name: string } | null
}

/** Writes an act down, or the end of the one that it lifts. */
async function record(
  unit: UnitOfWork,
  kind: ActKind,
  { organisation, service }: Concerned,
  reason: Reason,
): Promise<Told> {
  const lifted = lifts[kind]
  const of = { concerns: organisation, service: service?.id ?? null }
  const ended = lifted && (await store.liftAct(unit.tx, lifted, of))
  if (lifted && !ended)
    throw new ProblemError('conflict', {
      detail: `It is not ${already[lifted]}: there is nothing to take back.`,
    })
  const act = await store.insertAct(unit.tx, {
    organisation: unit.actor.organisation,
    kind,
    ...of,
    ...reason,
    user: unit.actor.user,
  })
  if (!act) throw new ProblemError('conflict', { detail: `It is ${already[kind]} already.` })
  await audit(unit, `${service ? 'service' : 'organisation'}.${kind}`, {
    act: encodeId(idPrefixes.platformAct, act.id),
    organisation: encodeId(idPrefixes.organisation, organisation),
    ...(service ? { service: encodeId(idPrefixes.service, service.id) } : {}),
    code: reason.code,
    reason: reason.words,
  })
  return { act, lifted: ended ?? null, service }
}

/** One act on one service: written down, done and told within the provider's own tenant, all in this transaction. */
async function actOn(
  unit: UnitOfWork,
  row: directory.ServiceRow,
  kind: ServiceAct['kind'],
  reason: Reason,
): Promise<store.ActRow> {
  const service = { id: row.id, slug: row.slug, name: row.name ?? row.slug }
  const provider = { organisation: row.provider_id, kind: 'provider' } as const
  const told = await record(unit, kind, { ...provider, service }, reason)
  await withinTenant(unit, provider, async (theirs) => {
    if (kind === 'suspend') await suspendService(theirs, row.id, reason.words)
    if (kind === 'restore') await restoreService(theirs, row.id)
    await tell(theirs, told)
  })
  if (kind === 'suspend' || kind === 'restore')
    await enqueue(unit, tellSubscribersJob, {
      organisation: unit.actor.organisation,
      act: told.act.id,
      lifted: told.lifted?.id ?? null,
    })
  return told.act
}

export async function requireService(
  deps: Pick<Deps, 'directory'>,
  id: string,
): Promise<directory.ServiceRow> {
  const row = await directory.findService(deps.directory, decodeId(idPrefixes.service, id))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such service.' })
  return row
}

export async function requireOrganisation(deps: Pick<Deps, 'directory'>, id: string) {
  const row = await directory.findOrganisation(deps.directory, decodeId(idPrefixes.organisation, id))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such organisation.' })
  return row
}

/** Hides a service from the catalogue, suspends it for everybody, or takes either back. */
export async function actOnService(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  { kind, ...reason }: ServiceAct,
): Promise<PlatformAct> {
  requireAdmin(unit.actor)
  const act = await actOn(unit, await requireService(deps, id), kind, reason)
  return presentOne(deps, act)
}

const mostServices = 1_000

/** Stops an organisation, or suspends all services of a provider, or takes either back. */
export async function actOnOrganisation(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  { kind, ...reason }: OrganisationAct,
): Promise<PlatformAct[]> {
  requireAdmin(unit.actor)
  const row = await requireOrganisation(deps, id)
  if (row.kind === 'platform')
    throw new ProblemError('conflict', { detail: 'The platform’s own organisation cannot be stopped.' })
  if (kind === 'stop' || kind === 'resume') {
    const concerned = { organisation: row.id, kind: row.kind, service: null }
    const told = await record(unit, kind, concerned, reason)
    await withinTenant(unit, concerned, async (theirs) => {
      await (told.lifted ? resumeByPlatform(theirs, told.lifted.at) : stopByPlatform(theirs, reason.words))
      await tell(theirs, told)
    })
    return [await presentOne(deps, told.act)]
  }
  const one = kind === 'suspend-services' ? 'suspend' : 'restore'
  const services = await directory.listServices(deps.directory, { provider: row.id, limit: mostServices })
  const acts: store.ActRow[] = []
  for (const service of services.filter((each) => each.is_suspended === (one === 'restore')))
    acts.push(await actOn(unit, service, one, reason))
  if (acts.length === 0)
    throw new ProblemError('conflict', { detail: `It has no service that could be ${one}d.` })
  return toActs(deps, acts)
}

export async function listActs(unit: UnitOfWork, deps: Deps, query: ActQuery) {
  requireAdmin(unit.actor)
  const rows = await store.listActs(unit.tx, {
    service: query.service && decodeId(idPrefixes.service, query.service),
    concerns: query.organisation && decodeId(idPrefixes.organisation, query.organisation),
    isObjection: query.waiting === 'objection',
    after: decodeCursor(query.cursor, z.tuple([z.iso.datetime(), z.uuid()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.at.toISOString(), row.id])
  return { items: await toActs(deps, page.items), next: page.next }
}

/** Answers an objection. Whether the act is lifted is another act. */
export async function answerObjection(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  words: string,
): Promise<PlatformAct> {
  requireAdmin(unit.actor)
  const act = await store.answerAct(unit.tx, decodeId(idPrefixes.platformAct, id), words)
  if (!act)
    throw new ProblemError('conflict', { detail: 'There is no objection to it that waits for an answer.' })
  await audit(unit, 'platform.answer-objection', { act: id })
  const concerned = await directory.findOrganisation(deps.directory, act.concerns_id)
  await withinTenant(
    unit,
    { organisation: act.concerns_id, kind: concerned?.kind ?? 'provider' },
    async (theirs) => {
      const notice = await store.keepAnswer(theirs.tx, act.id, words)
      if (!notice) return
      const ids = {
        notice: encodeId(idPrefixes.platformNotice, notice.id),
        service: notice.service_id && encodeId(idPrefixes.service, notice.service_id),
      }
      await audit(theirs, 'platform.answer-objection', ids)
      theirs.emit('platform.notice', { ...ids, kind: notice.kind })
    },
  )
  return presentOne(deps, act)
}

async function presentOne(deps: Pick<Deps, 'directory'>, row: store.ActRow): Promise<PlatformAct> {
  const [act] = await toActs(deps, [row])
  if (!act) throw new ProblemError('not-found')
  return act
}

async function toActs(deps: Pick<Deps, 'directory'>, rows: readonly store.ActRow[]): Promise<PlatformAct[]> {
  const organisations = await directory.listNames(deps.directory, [
    ...new Set(rows.map((row) => row.concerns_id)),
  ])
  const services = await directory.listServiceNames(deps.directory, [
    ...new Set(rows.flatMap((row) => row.service_id ?? [])),
  ])
  const nameOf = new Map(organisations.map(({ id, name }) => [id, name]))
  const serviceOf = new Map(services.map((each) => [each.id, each]))
  return rows.map((row) => ({
    id: encodeId(idPrefixes.platformAct, row.id),
    kind: row.kind,
    concerns: {
      id: encodeId(idPrefixes.organisation, row.concerns_id),
      name: nameOf.get(row.concerns_id) ?? '',
    },
    service: toNamed(row.service_id, serviceOf.get(row.service_id ?? '')),
    code: row.code,
    words: row.words,
    by: row.user_id && encodeId(idPrefixes.user, row.user_id),
    at: row.at.toISOString(),
    liftedAt: row.lifted_at?.toISOString() ?? null,
    ...toObjection(row),
  }))
}

function toNamed(id: string | null, row: { slug: string; name: string | null } | undefined) {
  if (id === null) return null
  return {
    id: encodeId(idPrefixes.service, id),
    service: row?.slug ?? '',
    name: row?.name ?? row?.slug ?? '',
  }
}

export function toObjection(row: Pick<store.ActRow, 'objection' | 'objected_at' | 'answer' | 'answered_at'>) {
  return {
    objection: row.objection,
    objectedAt: row.objected_at?.toISOString() ?? null,
    answer: row.answer,
    answeredAt: row.answered_at?.toISOString() ?? null,
  }
}
