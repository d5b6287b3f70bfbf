import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requireBusiness } from '../businesses/index.ts'
import * as listing from './list-store.ts'
import { scopeOf } from './patches.ts'

/** The ledger categories of a business, by name. `business` is a UUID. */
export async function loadCategories(unit: UnitOfWork, business: string): Promise<string[]> {
  return listing.listCategories(unit.tx, scopeOf(unit, business))
}

/** The same for many businesses, by their UUIDs. */
export async function loadCategoriesAcross(
  unit: UnitOfWork,
  businesses: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await listing.listCategoriesAcross(unit.tx, unit.actor.organisation, businesses)
  const names = Map.groupBy(rows, (row) => row.business)
  return new Map(businesses.map((id) => [id, (names.get(id) ?? []).map((row) => row.name)]))
}

export async function listCategories(unit: UnitOfWork, businessId: string) {
  const business = await requireBusiness(unit, businessId)
  const names = await loadCategories(unit, business.id)
  return { items: names.map((name) => ({ name })), next: null }
}

export async function addCategory(unit: UnitOfWork, businessId: string, name: string) {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, businessId)
  await listing.insertCategory(unit.tx, scopeOf(unit, business.id), name)
  await audit(unit, 'category.add', { business: businessId })
  return { name }
}

/** Takes a category off the list; records keep it. */
export async function removeCategory(unit: UnitOfWork, businessId: string, name: string): Promise<void> {
  requireRole(unit.actor, 'manager')
  const business = await requireBusiness(unit, businessId)
  const wasThere = await listing.deleteCategory(unit.tx, scopeOf(unit, business.id), name)
  if (!wasThere) throw new ProblemError('not-found', { detail: 'There is no such category.' })
  await audit(unit, 'category.remove', { business: businessId })
}
