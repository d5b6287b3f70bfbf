import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import * as store from './figure-store.ts'
import { noDecisions, noEndings, noExecutions, type Sums } from './figures.ts'
import { blocksOf, type Block } from './told.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** There are new figures of a service, up to this day: five subscribers or more stand behind each. */
    'figures.told': { service: string; until: string }
  }
}

/** How long a block may become before what waits in it is given up: few end a subscription. */
const longestDays: Record<store.FigureKind, number> = { executions: 30, decisions: 30, endings: 90 }
/** How far back the first closing of a service looks. */
const firstDays = 200
const nothing: Record<store.FigureKind, Sums> = {
  executions: noExecutions,
  decisions: noDecisions,
  endings: noEndings,
}

/** Puts the days of every service that are over together into blocks and keeps their sums. What fails for one is tried again an hour later. */
export async function closeAllDays(deps: Deps): Promise<void> {
  for (const row of await store.listSubscribedServices(deps.directory)) {
    const actor = systemActor(row.organisation_id, 'provider')
    await withUnitOfWork(deps, actor, (unit) => closeDays(unit, row.service_id)).catch((error: unknown) =>
      deps.log.error({ err: error, service: row.service_id }, 'days could not be closed; it is tried again'),
    )
  }
}

/** The same for one service (UUID) of the unit's organisation. Done again, it changes nothing. */
export async function closeDays(unit: UnitOfWork, service: string): Promise<void> {
  const { lastDay, toldUntil } = await store.lockDays(unit.tx, service)
  if (toldUntil !== null && toldUntil >= lastDay) return
  let told = 0
  for (const kind of ['executions', 'decisions', 'endings'] as const)
    told += await closeKind(unit, service, kind, toldUntil, lastDay)
  await store.saveToldUntil(unit.tx, unit.actor.organisation, service, lastDay)
  if (told > 0) unit.emit('figures.told', { service: encodeId(idPrefixes.service, service), until: lastDay })
}

async function closeKind(
  unit: UnitOfWork,
  service: string,
  kind: store.FigureKind,
  toldUntil: string | null,
  lastDay: string,
): Promise<number> {
  const back = toldUntil === null ? firstDays : longestDays[kind]
  const from = Temporal.PlainDate.from(toldUntil ?? lastDay)
    .subtract({ days: back })
    .toString()
  const days = await store.listCellDays(unit.tx, kind, service, from, lastDay)
  const closed = Map.groupBy(days, cellOf)
  if (closed.size === 0) return 0
  const counts = Map.groupBy(await store.listCellCounts(unit.tx, kind, service, from, lastDay), cellOf)
  const rows = [...closed].flatMap(([cell, ofCell]) =>
    blocksOf(ofCell, longestDays[kind]).map((block) => ({
      release_id: ofCell[0]?.release ?? null,
      kind,
      part: ofCell[0]?.part ?? '',
      from_day: block.from,
      to_day: block.to,
      figures: sumsOf(kind, counts.get(cell) ?? [], block),
    })),
  )
  await store.insertFigures(unit.tx, unit.actor.organisation, service, rows)
  return rows.length
}

const cellOf = ({ release, part }: { release: string | null; part: string }) => `${release ?? ''} ${part}`

function sumsOf(kind: store.FigureKind, counts: readonly store.CellCount[], { from, to }: Block): Sums {
  const sums = structuredClone(nothing[kind]) as unknown as Record<string, number | Record<string, number>>
  for (const { day, name, key, count } of counts) {
    if (day < from || day > to) continue
    const member = sums[name]
    if (typeof member === 'object') member[key] = (member[key] ?? 0) + count
    else sums[name] = (member ?? 0) + count
  }
  return sums as unknown as Sums
}
