import { idAt, type Call, type Route } from './call.ts'
import { answerList } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { invalid } from './refusal.ts'
import { change, requireCurrency, type World } from './world.ts'
import type { Coupon, Discount } from './wire.ts'

function create({ world, params }: Call): Coupon {
  const percent = params.decimal('percent_off')
  const amount = params.whole('amount_off')
  if ((percent === undefined) === (amount === undefined))
    throw invalid('Must provide percent_off or amount_off, and not both.', {
      code: 'parameter_missing',
      param: 'percent_off',
    })
  if (percent !== undefined && (percent <= 0 || percent > 100))
    throw invalid('Invalid decimal: must be greater than 0 and at most 100.', { param: 'percent_off' })
  const id = params.text('id') ?? world.newId('c', 9).slice(2)
  if (world.find('coupon', id))
    throw invalid(`Coupon already exists.`, { code: 'resource_already_exists', param: 'id' })
  const coupon = world.put('coupon', {
    id,
    object: 'coupon',
    amount_off: amount ?? null,
    created: world.now(),
    currency: amount === undefined ? null : requireCurrency(world, params.needText('currency')),
    duration: params.oneOf('duration', ['forever', 'once', 'repeating']) ?? 'once',
    duration_in_months: params.whole('duration_in_months') ?? null,
    livemode: false,
    max_redemptions: params.whole('max_redemptions') ?? null,
    metadata: changedMetadata({}, params),
    name: params.orNull('name') ?? null,
    percent_off: percent ?? null,
    redeem_by: params.whole('redeem_by') ?? null,
    times_redeemed: 0,
    valid: true,
  })
  world.emit('coupon.created', coupon)
  return coupon
}

/** Redeems a coupon for what it is put on. */
function redeem(world: World, id: string, on: Partial<Discount>): string {
  const coupon = world.need('coupon', id, 'discounts[coupon]')
  const isOver = (coupon.redeem_by !== null && coupon.redeem_by < world.now()) || !coupon.valid
  if (isOver) throw invalid(`Coupon ${id} has expired or was used up.`, { code: 'coupon_expired' })
  const times = coupon.times_redeemed + 1
  world.put('coupon', {
    ...coupon,
    times_redeemed: times,
    valid: coupon.max_redemptions === null || times < coupon.max_redemptions,
  })
  const months = coupon.duration === 'repeating' ? (coupon.duration_in_months ?? 1) : undefined
  const end = new Date(world.now() * 1000)
  if (months) end.setUTCMonth(end.getUTCMonth() + months)
  return world.put('discount', {
    id: world.newId('di'),
    object: 'discount',
    checkout_session: null,
    customer: null,
    customer_account: null,
    end: months ? Math.floor(end.getTime() / 1000) : null,
    invoice: null,
    invoice_item: null,
    promotion_code: null,
    source: { coupon: id, type: 'coupon' },
    start: world.now(),
    subscription: null,
    subscription_item: null,
    ...on,
  }).id
}

/** `discounts[0][coupon]`, `discounts[0][discount]`; undefined: not given. */
export function readDiscounts(world: World, params: Params, on: Partial<Discount>): string[] | undefined {
  return params.groups('discounts')?.map((each) => {
    const known = each.text('discount')
    return known
      ? world.need('discount', known, 'discounts[discount]').id
      : redeem(world, each.needText('coupon'), on)
  })
}

function update(call: Call): Coupon {
  const coupon = call.world.need('coupon', idAt(call))
  const name = call.params.orNull('name')
  const patch = {
    metadata: changedMetadata(coupon.metadata, call.params),
    ...(name !== undefined && { name }),
  }
  return change(call.world, 'coupon', coupon, patch, 'coupon.updated')
}

function remove(call: Call): object {
  const coupon = call.world.need('coupon', idAt(call))
  call.world.drop('coupon', coupon.id)
  call.world.emit('coupon.deleted', coupon)
  return { id: coupon.id, object: 'coupon', deleted: true }
}

export const couponRoutes: Route[] = [
  ['POST', '/v1/coupons', create],
  ['GET', '/v1/coupons', (call) => answerList(call, '/v1/coupons', call.world.all('coupon'))],
  ['GET', '/v1/coupons/:', (call) => call.world.need('coupon', idAt(call))],
  ['POST', '/v1/coupons/:', update],
  ['DELETE', '/v1/coupons/:', remove],
]
