import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type { Business, BusinessChange, NewBusiness } from './schemas.ts'
import * as store from './store.ts'

export type BusinessRow = store.BusinessRow

export function toBusiness(row: BusinessRow): z.infer<typeof Business> {
  return {
    id: encodeId(idPrefixes.business, row.id),
    name: row.name,
    legalName: row.legal_name,
    taxNumber: row.tax_number,
    iban: row.iban,
    domains: row.domains,
    currency: row.currency,
    country: row.country,
    timeZone: row.time_zone,
    locale: row.locale,
    tags: row.tags,
    isFenced: row.fenced_at !== null,
    createdAt: row.created_at.toISOString(),
  }
}

/** The row of a business by its id on the wire. Refuses with not-found what is not there or not yours. */
export async function requireBusiness(unit: UnitOfWork, id: string): Promise<BusinessRow> {
  const row = await store.findBusiness(unit.tx, decodeId(idPrefixes.business, id))
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such business in your organisation.' })
  return row
}

/** The row of a business by its UUID. */
export async function requireBusinessRow(unit: UnitOfWork, uuid: string): Promise<BusinessRow> {
  const row = await store.findBusiness(unit.tx, uuid)
  if (!row) throw new ProblemError('not-found')
  return row
}

/** The rows of businesses by their UUIDs; what is not there is left out. */
export async function findBusinessRows(
  unit: UnitOfWork,
  uuids: readonly string[],
): Promise<Map<string, BusinessRow>> {
  const rows = await store.findBusinesses(unit.tx, uuids)
  return new Map(rows.map((row) => [row.id, row]))
}

export async function createBusiness(unit: UnitOfWork, body: z.infer<typeof NewBusiness>) {
  requireRole(unit.actor, 'manager')
  const row = await store.insertBusiness(unit.tx, unit.actor.organisation, {
    name: body.name,
    legal_name: body.legalName,
    tax_number: body.taxNumber,
    iban: body.iban,
    domains: body.domains,
    currency: body.currency,
    country: body.country,
    time_zone: body.timeZone,
    locale: body.locale,
    tags: body.tags,
  })
  await audit(unit, 'business.create', { business: encodeId(idPrefixes.business, row.id) })
  return toBusiness(row)
}

export async function getBusiness(unit: UnitOfWork, id: string) {
  return toBusiness(await requireBusiness(unit, id))
}

export async function listBusinesses(
  unit: UnitOfWork,
  query: PageQuery & { tag?: string | undefined; search?: string | undefined },
) {
  const after = decodeCursor(query.cursor, z.tuple([z.string(), z.uuid()]))
  const rows = await store.listBusinesses(unit.tx, { ...query, after })
  const page = pageOf(rows, query.limit, (row) => [row.name, row.id])
  return { items: page.items.map(toBusiness), next: page.next }
}

export async function changeBusiness(unit: UnitOfWork, id: string, change: z.infer<typeof BusinessChange>) {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, id)
  const { legalName, taxNumber, timeZone, isArchived, ...same } = change
  const values = {
    ...same,
    ...(legalName === undefined ? {} : { legal_name: legalName }),
    ...(taxNumber === undefined ? {} : { tax_number: taxNumber }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    ...(isArchived === undefined ? {} : { archived_at: isArchived ? new Date() : null }),
  }
  const row = await store.updateBusiness(unit.tx, business.id, values as Partial<store.BusinessValues>)
  await audit(unit, 'business.change', { business: id, fields: Object.keys(change) })
  return toBusiness(row ?? business)
}

/** Fences a business off from every provider, whatever was granted, or takes the fence away. */
export async function setBusinessFence(unit: UnitOfWork, id: string, isFenced: boolean) {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, id)
  const row = await store.updateBusiness(unit.tx, business.id, { fenced_at: isFenced ? new Date() : null })
  await audit(unit, isFenced ? 'business.fence' : 'business.unfence', { business: id })
  return toBusiness(row ?? business)
}
