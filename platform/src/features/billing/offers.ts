import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireAdmin } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { listPublished } from '../releases/index.ts'
import type { Bundle, Coupon, NewBundle, NewCoupon } from './offer-schemas.ts'
import * as store from './offer-store.ts'

function toCoupon(row: store.CouponRow): z.infer<typeof Coupon> {
  return {
    id: encodeId(idPrefixes.coupon, row.id),
    code: row.code,
    percent: row.percent,
    amount:
      row.amount === null || row.currency === null ? null : { amount: row.amount, currency: row.currency },
    appliesTo: row.applies_to,
    months: row.months,
    redeemBy: row.redeem_by?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

export async function listCoupons(unit: UnitOfWork): Promise<z.infer<typeof Coupon>[]> {
  requireAdmin(unit.actor)
  return (await store.listCoupons(unit.tx)).map(toCoupon)
}

/** Makes a code that takes something off invoices. */
export async function addCoupon(
  unit: UnitOfWork,
  given: z.infer<typeof NewCoupon>,
): Promise<z.infer<typeof Coupon>> {
  requireAdmin(unit.actor)
  if (given.redeemBy !== null && new Date(given.redeemBy) <= unit.clock())
    throw new ProblemError('invalid-request', {
      errors: [{ pointer: '/redeemBy', detail: 'is over already: say a time to come, or null for no end' }],
    })
  const row = await store.insertCoupon(unit.tx, {
    organisation_id: unit.actor.organisation,
    code: given.code,
    percent: given.percent ?? null,
    amount: given.amount?.amount ?? null,
    currency: given.amount?.currency ?? null,
    applies_to: given.appliesTo,
    months: given.months,
    redeem_by: given.redeemBy ? new Date(given.redeemBy) : null,
  })
  if (!row) throw new ProblemError('already-exists', { detail: `There is a coupon ${given.code} already.` })
  await audit(unit, 'coupon.add', { coupon: encodeId(idPrefixes.coupon, row.id), code: row.code })
  return toCoupon(row)
}

/** Nobody can redeem it any more; who did keeps what they have. */
export async function endCoupon(unit: UnitOfWork, id: string): Promise<z.infer<typeof Coupon>> {
  requireAdmin(unit.actor)
  const row = await store.endCoupon(unit.tx, decodeId(idPrefixes.coupon, id), unit.clock())
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such coupon.' })
  await audit(unit, 'coupon.end', { coupon: id })
  return toCoupon(row)
}

function toBundle(row: store.BundleRow): z.infer<typeof Bundle> {
  return {
    id: encodeId(idPrefixes.bundle, row.id),
    name: row.name,
    services: row.services.map((service) => encodeId(idPrefixes.service, service)),
    percent: row.percent,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}

export async function listBundles(unit: UnitOfWork): Promise<z.infer<typeof Bundle>[]> {
  requireAdmin(unit.actor)
  return (await store.listBundles(unit.tx)).map(toBundle)
}

/** Services that cost less together from the next invoices on, wherever one business has them all. */
export async function addBundle(
  unit: UnitOfWork,
  deps: Deps,
  given: z.infer<typeof NewBundle>,
): Promise<z.infer<typeof Bundle>> {
  requireAdmin(unit.actor)
  const services = [...new Set(given.services.map((id) => decodeId(idPrefixes.service, id)))]
  if (services.length < 2)
    throw new ProblemError('invalid-request', {
      errors: [{ pointer: '/services', detail: 'must name two services or more' }],
    })
  for (const [i, service] of services.entries())
    if ((await listPublished(deps, service)).length === 0)
      throw new ProblemError('invalid-request', {
        errors: [{ pointer: `/services/${i}`, detail: 'is no service that is offered' }],
      })
  const same = (await store.listBundles(unit.tx)).find(
    (each) => each.ended_at === null && isSame(each.services, services),
  )
  if (same)
    throw new ProblemError('already-exists', {
      detail: `“${same.name}” is a bundle of these services already, at ${same.percent} %: end it first.`,
    })
  const row = await store.insertBundle(unit.tx, {
    organisation: unit.actor.organisation,
    name: given.name,
    services,
    percent: given.percent,
  })
  await audit(unit, 'bundle.add', { bundle: encodeId(idPrefixes.bundle, row.id) })
  return toBundle(row)
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((service) => other.includes(service))

export async function endBundle(unit: UnitOfWork, id: string): Promise<z.infer<typeof Bundle>> {
  requireAdmin(unit.actor)
  const row = await store.endBundle(unit.tx, decodeId(idPrefixes.bundle, id), unit.clock())
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such bundle.' })
  await audit(unit, 'bundle.end', { bundle: id })
  return toBundle(row)
}
