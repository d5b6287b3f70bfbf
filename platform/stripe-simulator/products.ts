import { idAt, type Call, type Route } from './call.ts'
import { answerList, both, equals } from './lists.ts'
import { changedMetadata, type Params } from './params.ts'
import { invalid } from './refusal.ts'
import { change, requireCurrency, type World } from './world.ts'
import type { Price, Product } from './wire.ts'

export function addProduct(world: World, params: Params): Product {
  params.accept('tax_code', 'shippable', 'package_dimensions', 'features', 'marketing_features')
  const id = params.text('id') ?? world.newId('prod', 14)
  if (world.find('product', id))
    throw invalid(`Product already exists.`, { code: 'resource_already_exists', param: 'id' })
  const product = world.put('product', {
    id,
    object: 'product',
    active: params.flag('active') ?? true,
    created: world.now(),
    default_price: null,
    description: params.orNull('description') ?? null,
    images: params.texts('images') ?? [],
    livemode: false,
    marketing_features: [],
    metadata: changedMetadata({}, params),
    name: params.needText('name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: params.orNull('statement_descriptor') ?? null,
    tax_code: null,
    tax_details: null,
    type: params.oneOf('type', ['service', 'good']) ?? 'service',
    unit_label: params.orNull('unit_label') ?? null,
    updated: world.now(),
    url: params.orNull('url') ?? null,
  })
  world.emit('product.created', product)
  return product
}

function createProduct({ world, params }: Call): Product {
  const data = params.group('default_price_data')
  const product = addProduct(world, params)
  if (!data) return product
  const price = addPrice(world, data, product.id)
  return world.put('product', { ...product, default_price: price.id })
}

function updateProduct(call: Call): Product {
  const { world, params } = call
  const product = world.need('product', idAt(call))
  const texts = ['name', 'description', 'unit_label', 'url'].flatMap((name) => {
    const given = params.orNull(name)
    return given === undefined ? [] : [[name, given]]
  })
  const isActive = params.flag('active')
  const price = params.text('default_price')
  return change(
    world,
    'product',
    product,
    {
      ...(Object.fromEntries(texts) as Partial<Product>),
      metadata: changedMetadata(product.metadata, params),
      ...(isActive !== undefined && { active: isActive }),
      ...(price && { default_price: world.need('price', price, 'default_price').id }),
      updated: world.now(),
    },
    'product.updated',
  )
}

function removeProduct(call: Call): object {
  const { world } = call
  const product = world.need('product', idAt(call))
  if (world.under('price', product.id).length > 0)
    throw invalid('This product cannot be deleted because it has one or more user-created prices.')
  world.drop('product', product.id)
  world.emit('product.deleted', product)
  return { id: product.id, object: 'product', deleted: true }
}

function readRecurring(params: Params | undefined): Price['recurring'] {
  if (!params) return null
  const usage = params.oneOf('usage_type', ['licensed', 'metered']) ?? 'licensed'
  if (usage === 'metered')
    throw invalid('The simulator has no metered prices.', { param: 'recurring[usage_type]' })
  const interval = params.oneOf('interval', ['day', 'week', 'month', 'year'])
  if (!interval)
    throw invalid('Missing required param: recurring[interval].', {
      code: 'parameter_missing',
      param: 'recurring[interval]',
    })
  return {
    interval,
    interval_count: params.whole('interval_count') ?? 1,
    meter: null,
    trial_period_days: null,
    usage_type: usage,
  }
}

export function addPrice(world: World, params: Params, product: string): Price {
  params.accept('tax_behavior', 'transfer_lookup_key')
  params.oneOf('billing_scheme', ['per_unit'])
  const unit = params.decimal('unit_amount_decimal') ?? params.whole('unit_amount')
  if (unit === undefined)
    throw invalid('Missing required param: unit_amount.', { code: 'parameter_missing', param: 'unit_amount' })
  if (unit < 0 || unit > 99_999_999)
    throw invalid('Invalid non-negative integer', { code: 'parameter_invalid_integer', param: 'unit_amount' })
  const recurring = readRecurring(params.group('recurring'))
  const price = world.put('price', {
    id: world.newId('price'),
    object: 'price',
    active: params.flag('active') ?? true,
    billing_scheme: 'per_unit',
    created: world.now(),
    currency: requireCurrency(world, params.needText('currency')),
    custom_unit_amount: null,
    livemode: false,
    lookup_key: params.text('lookup_key') ?? null,
    metadata: changedMetadata({}, params),
    nickname: params.orNull('nickname') ?? null,
    product,
    recurring,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    unit_amount: Number.isInteger(unit) ? unit : null,
    unit_amount_decimal: String(unit),
  })
  world.emit('price.created', price)
  return price
}

function createPrice({ world, params }: Call): Price {
  const data = params.group('product_data')
  const product = data
    ? addProduct(world, data)
    : world.need('product', params.needText('product'), 'product')
  return addPrice(world, params, product.id)
}

function updatePrice(call: Call): Price {
  const { world, params } = call
  const price = world.need('price', idAt(call))
  const isActive = params.flag('active')
  const nickname = params.orNull('nickname')
  const key = params.orNull('lookup_key')
  return change(
    world,
    'price',
    price,
    {
      metadata: changedMetadata(price.metadata, params),
      ...(isActive !== undefined && { active: isActive }),
      ...(nickname !== undefined && { nickname }),
      ...(key !== undefined && { lookup_key: key }),
    },
    'price.updated',
  )
}

function isActiveAs<T extends { active: boolean }>(params: Params): (each: T) => boolean {
  const wanted = params.flag('active')
  return (each) => wanted === undefined || each.active === wanted
}

export const productRoutes: Route[] = [
  ['POST', '/v1/products', createProduct],
  [
    'GET',
    '/v1/products',
    (call) =>
      answerList(call, '/v1/products', call.world.all('product'), (params) => isActiveAs<Product>(params)),
  ],
  ['GET', '/v1/products/:', (call) => call.world.need('product', idAt(call))],
  ['POST', '/v1/products/:', updateProduct],
  ['DELETE', '/v1/products/:', removeProduct],
  ['POST', '/v1/prices', createPrice],
  [
    'GET',
    '/v1/prices',
    (call) =>
      answerList(call, '/v1/prices', call.world.all('price'), (params) => {
        const keys = params.texts('lookup_keys')
        return both(
          isActiveAs<Price>(params),
          equals<Price>(params, 'product', (each) => each.product),
          equals<Price>(params, 'currency', (each) => each.currency),
          equals<Price>(params, 'type', (each) => each.type),
          (each: Price) => !keys || keys.includes(each.lookup_key ?? ''),
        )
      }),
  ],
  ['GET', '/v1/prices/:', (call) => call.world.need('price', idAt(call))],
  ['POST', '/v1/prices/:', updatePrice],
]
