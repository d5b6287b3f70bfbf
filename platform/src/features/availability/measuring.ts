import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { asPlatform } from '../payments/index.ts'
import { measure, minutesByDay, minuteMs, mostSilenceMs } from './measure.ts'
import * as store from './store.ts'

/** What settles now may say that it was called some minutes ago. */
const lagMs = 10 * minuteMs
const stepMs = 86_400_000

/** Looks at the calls of all services since the last time, a day at a time; each minute counts once. */
export async function measureAvailability(deps: Deps): Promise<void> {
  const until = new Date(Math.floor((deps.clock().getTime() - lagMs) / minuteMs) * minuteMs)
  while (await measureStep(deps, until));
  await closeMonths(deps)
}

/** Up to when all downtime is known: what failed by then was followed to its end. Nothing before the first run. */
export async function findKnownUntil(deps: Deps): Promise<Date | null> {
  const until = await asPlatform(deps, ({ tx }) => store.findMeasuredUntil(tx))
  return until && new Date(until.getTime() - mostSilenceMs - minuteMs)
}

async function measureStep(deps: Deps, until: Date): Promise<boolean> {
  const since = await asPlatform(deps, ({ tx }) => store.findMeasuredUntil(tx))
  const from = since ?? (await store.findFirstCall(deps.directory)) ?? until
  const to = new Date(Math.min(until.getTime(), from.getTime() + stepMs))
  if (to <= from && since !== null) return false
  const open = await store.listDown(deps.directory)
  const calls = Map.groupBy(await store.listMinutes(deps.directory, from, to), ({ service_id: id }) => id)
  await asPlatform(deps, async (unit) => {
    if (!(await store.moveMeasured(unit.tx, unit.actor.organisation, since, to))) return
    const failing = new Map([
      ...[...calls].flatMap(([service, rows]) => {
        const [first] = rows
        return first && rows.some((row) => !row.isAnswered) ? [[service, first.organisation_id] as const] : []
      }),
      ...open.map((row) => [row.service_id, row.organisation_id] as const),
    ])
    for (const [service, provider] of failing) {
      const wasDown = open.find((row) => row.service_id === service)?.failed_at.getTime() ?? null
      const minutes = (calls.get(service) ?? []).map(({ at, isAnswered }) => ({
        at: at.getTime(),
        isAnswered,
      }))
      await keep(unit, { provider, service }, measure(wasDown, minutes, to.getTime()))
    }
  })
  return to < until
}

async function keep(
  unit: UnitOfWork,
  { provider, service }: { provider: string; service: string },
  { failedAt, down }: ReturnType<typeof measure>,
): Promise<void> {
  await withinTenant(unit, { organisation: provider, kind: 'provider' }, async ({ tx }) => {
    await store.keepDown(tx, provider, service, failedAt === null ? null : new Date(failedAt))
    await store.addDowntime(tx, provider, service, minutesByDay(down))
  })
}

/** How many months back are looked at: lines of executions are kept for a hundred days. */
const monthsBack = 3

/** Sums up months that are over and of which all is known. */
async function closeMonths(deps: Deps): Promise<void> {
  const known = await findKnownUntil(deps)
  if (!known) return
  const present = Temporal.PlainYearMonth.from(known.toISOString().slice(0, 7))
  for (let back = monthsBack; back > 0; back--) {
    const month = present.subtract({ months: back })
    const first = month.toPlainDate({ day: 1 }).toString()
    if (await store.hasMonth(deps.directory, first)) continue
    const from = new Date(`${first}T00:00:00Z`)
    const to = new Date(`${month.add({ months: 1 }).toPlainDate({ day: 1 }).toString()}T00:00:00Z`)
    const called = await store.listCalled(deps.directory, from, to)
    await asPlatform(deps, async (unit) => {
      for (const { organisation_id: provider, service_id: service, subscribers } of called)
        await withinTenant(unit, { organisation: provider, kind: 'provider' }, ({ tx }) =>
          store.insertMonth(tx, provider, {
            service,
            month: first,
            minutes: (to.getTime() - from.getTime()) / minuteMs,
            subscribers,
          }),
        )
    })
  }
}
