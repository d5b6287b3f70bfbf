import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin, requireOrganisationKind } from '../../http/authorise.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { audit } from '../audit/index.ts'
import { requireListed, requireOwnService } from '../releases/index.ts'
import { creditScale, promisedAvailability } from './credit.ts'
import { availabilityOf } from './measure.ts'
import type { Availability, AvailabilityQuery, ServiceAvailability } from './schemas.ts'
import * as store from './store.ts'

/** Figures over fewer subscribers are told to nobody but the platform. */
const leastSubscribers = 5

/** Of a service of the catalogue. */
export async function getAvailability(unit: UnitOfWork, deps: Deps, service: string): Promise<Availability> {
  return tell(deps, (await requireListed(deps, service, unit.actor)).service)
}

/** Of one of the provider's own. */
export async function getOwnAvailability(
  unit: UnitOfWork,
  deps: Deps,
  service: string,
): Promise<Availability> {
  requireOrganisationKind(unit.actor, 'provider')
  return tell(deps, (await requireOwnService(unit, service)).id)
}

async function tell(deps: Pick<Deps, 'directory'>, service: string): Promise<Availability> {
  const rows = await store.listMonths(deps.directory, service)
  return {
    promised: promisedAvailability,
    credits: [...creditScale],
    months: rows.map((row) => ({
      month: row.month,
      availability: row.subscribers < leastSubscribers ? null : availabilityOf(row.minutes, row.minutes_down),
    })),
  }
}

const place = z.tuple([z.number(), z.uuid()])

/** Of all services in a month that is over, for the platform; the least available first. */
export async function listAvailability(unit: UnitOfWork, deps: Deps, query: AvailabilityQuery) {
  requireAdmin(unit.actor)
  const before = Temporal.PlainYearMonth.from(unit.clock().toISOString().slice(0, 7)).subtract({ months: 1 })
  const month = query.month ?? before.toString()
  const rows = await store.listServicesOf(deps.directory, {
    month: `${month}-01`,
    after: decodeCursor(query.cursor, place),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [-row.minutes_down, row.service_id])
  const names = await store.listNames(
    deps.directory,
    page.items.map(({ service_id }) => service_id),
  )
  return {
    items: page.items.map((row): ServiceAvailability => ({
      service: {
        id: encodeId(idPrefixes.service, row.service_id),
        slug: row.slug,
        name: names.get(row.service_id)?.name ?? row.slug,
      },
      provider: {
        id: encodeId(idPrefixes.organisation, row.organisation_id),
        name: names.get(row.service_id)?.publisher ?? '',
      },
      month,
      availability: availabilityOf(row.minutes, row.minutes_down),
      minutesDown: row.minutes_down,
      subscribers: row.subscribers,
    })),
    next: page.next,
  }
}

/** Tells a provider, once for each service and month, that its downtime is credited; of whom and how many it does not say. */
export async function tellOfCredit(
  unit: UnitOfWork,
  { provider, service, month }: { provider: string; service: string; month: string },
): Promise<void> {
  await withinTenant(unit, { organisation: provider, kind: 'provider' }, async (theirs) => {
    const row = {
      organisation_id: provider,
      service_id: service,
      month: `${month}-01`,
      told_at: theirs.clock(),
    }
    if (!(await store.insertCredit(theirs.tx, row))) return
    const told = { service: encodeId(idPrefixes.service, service), month }
    await audit(theirs, 'availability.credit', told)
    theirs.emit('availability.credited', told)
  })
}
