import { createHash } from 'node:crypto'
import { invalid, missing } from './refusal.ts'
import type { Scope, Store } from './store.ts'
import type { Kind, Kinds, Task } from './wire.ts'

/** What Stripe takes of each payment, and at which rates it changes money into the currency of settlement. */
export interface Terms {
  feePercent: number
  feeFixed: number
  /** Taken besides where a payment's currency is not one of settlement. */
  conversionPercent: number
  disputeFee: number
  settlementCurrencies: [string, ...string[]]
  /** One unit of the currency in units of the first currency of settlement. */
  rates: Record<string, number>
  /** Percent of tax where automatic tax is on. */
  taxPercent: number
}

/** Near what they were in 2024. Stripe itself has one for every currency that a card can be charged in. */
const inventedRates: Record<string, number> = Object.fromEntries(
  `usd 1, eur 1.08, gbp 1.27, cad 0.73, aud 0.66, chf 1.13, jpy 0.0067, sek 0.095, nok 0.094, dkk 0.145, pln 0.25, czk 0.043,
  huf 0.0028, ron 0.217, nzd 0.61, mxn 0.055, brl 0.19, inr 0.012, sgd 0.74, hkd 0.128, krw 0.00073, zar 0.054, try 0.031,
  ils 0.27, aed 0.272, thb 0.028, kwd 3.25`
    .split(/,\s+/)
    .map((each) => each.split(' '))
    .map(([currency = '', rate]) => [currency, Number(rate)]),
)

export const usualTerms: Terms = {
  feePercent: 2.9,
  feeFixed: 30,
  conversionPercent: 2,
  disputeFee: 1500,
  settlementCurrencies: ['usd', 'eur', 'gbp'],
  rates: inventedRates,
  taxPercent: 0,
}

/** Who asked: every event says so. */
export interface Cause {
  id: string | null
  idempotency_key: string | null
}

/** All that one request, or one thing that happens by itself, works on: one account's objects at one moment. */
export interface World {
  readonly store: Store
  readonly terms: Terms
  readonly url: string
  readonly scope: Scope
  readonly cause: Cause
  /** Seconds since 1970 on the simulator's clock; on that of a test clock if one is named. */
  now(clock?: string | null): number
  /** The same moment in another account. */
  of(scope: Scope): World
  newId(prefix: string, length?: number): string
  find<K extends Kind>(kind: K, id: string): Kinds[K] | undefined
  need<K extends Kind>(kind: K, id: string, param?: string): Kinds[K]
  all<K extends Kind>(kind: K): Kinds[K][]
  under<K extends Kind>(kind: K, parent: string): Kinds[K][]
  put<K extends Kind>(kind: K, object: Kinds[K]): Kinds[K]
  drop(kind: Kind, id: string): void
  note(id: string): Record<string, string | number | boolean | null>
  setNote(id: string, values: Record<string, string | number | boolean | null>): void
  plan(task: Omit<Task, 'id' | 'object'>): void
  unplan(about: string, what?: string): void
  emit(type: string, object: object, previous?: object): void
}

export const apiVersion = '2026-10-28.endive'

const words: Partial<Record<Kind, string>> = {
  payment_method: 'PaymentMethod',
  'test_helpers.test_clock': 'test clock',
}

export interface Ground {
  store: Store
  terms: Terms
  seed: string
  url: () => string
  /** Milliseconds since 1970. */
  clock: () => number
}

/** Ids are drawn from the seed and a counter that is kept: the same requests get the same ids. */
function newId({ store, seed }: Ground, prefix: string, length: number): string {
  const next = store.counter('ids') + 1
  store.setCounter('ids', next)
  const drawn = createHash('sha512')
    .update(`${seed}/${prefix}/${next}`)
    .digest('base64')
    .replace(/[+/=]/g, '')
  return `${prefix}_1${drawn.slice(0, length - 1)}`
}

/** The keys of `now` that `before` has otherwise, as they were. */
export function previousOf(before: object, now: object): object | undefined {
  const was = before as Record<string, unknown>
  const is = now as Record<string, unknown>
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  return changed.length > 0 ? Object.fromEntries(changed.map((name) => [name, was[name] ?? null])) : undefined
}

export function createWorld(ground: Ground, scope: Scope, cause: Cause): World {
  const { store, terms } = ground
  // A row's `created` is when it was told; the event's own may be a test clock's.
  const insertEvent = (id: string, type: string, about: string, event: object) =>
    store.database
      .prepare('insert into events (id, scope, type, about, created, json) values (?, ?, ?, ?, ?, ?)')
      .run(id, scope, type, about, world.now(), JSON.stringify(event))

  const world: World = {
    store,
    terms,
    scope,
    cause,
    get url() {
      return ground.url()
    },
    now: (clock) =>
      (clock && store.find('test_helpers.test_clock', clock)?.object.frozen_time) ||
      Math.floor(ground.clock() / 1000),
    of: (other) => (other === scope ? world : createWorld(ground, other, cause)),
    newId: (prefix, length = 24) => newId(ground, prefix, length),
    find(kind, id) {
      const row = store.find(kind, id)
      return row?.scope === scope ? row.object : undefined
    },
    need(kind, id, param) {
      const found = world.find(kind, id)
      if (!found) throw missing(words[kind] ?? kind.replaceAll(/[._]/g, ' '), id, param)
      return found
    },
    all: (kind) => store.all(scope, kind),
    // The bank accounts of a connected account are the platform's to see.
    under: (kind, parent) => store.under(kind, parent, kind === 'bank_account' ? undefined : scope),
    put(kind, object) {
      store.put(scope, kind, object)
      return object
    },
    drop: (kind, id) => store.drop(kind, id),
    note(id) {
      const { id: _id, object: _object, ...values } = store.find('note', id)?.object ?? { id, object: 'note' }
      return values
    },
    setNote: (id, values) => store.put('', 'note', { ...world.note(id), ...values, id, object: 'note' }),
    plan: (task) => store.put(scope, 'task', { ...task, id: newId(ground, 'task', 24), object: 'task' }),
    unplan(about, what) {
      for (const task of store.under('task', about))
        if (!what || task.what === what) store.drop('task', task.id)
    },
    emit(type, object, previous) {
      if (previous && Object.keys(previous).length === 0) throw new Error(`${type} without a change`)
      const id = world.newId('evt')
      const about = (object as { id?: string }).id ?? ''
      const clock = (object as { test_clock?: unknown }).test_clock
      const created = world.now(typeof clock === 'string' ? clock : null)
      insertEvent(id, type, about, {
        id,
        object: 'event',
        ...(scope && { account: scope }),
        api_version: apiVersion,
        created,
        data: { object, ...(previous && { previous_attributes: previous }) },
        livemode: false,
        pending_webhooks: 0,
        request: cause,
        type,
      })
      queueDeliveries(world, id, type)
    },
  }
  return world
}

/** An endpoint of the platform hears of connected accounts only if it was made for them. */
function queueDeliveries(world: World, event: string, type: string): void {
  for (const { object: endpoint } of world.store.everywhere('webhook_endpoint')) {
    const isConnect = world.store.find('note', endpoint.id)?.object['connect'] ?? false
    const hears = isConnect === 'both' || isConnect === Boolean(world.scope)
    const wants = endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type)
    if (endpoint.status !== 'enabled' || !hears || !wants) continue
    world.store.database
      .prepare('insert into deliveries (event, endpoint, attempts, next_at) values (?, ?, 0, 0)')
      .run(event, endpoint.id)
  }
}

/** Changes an object and tells of it, if it changed. */
export function change<K extends Kind>(
  world: World,
  kind: K,
  object: Kinds[K],
  patch: Partial<Kinds[K]>,
  type?: string,
): Kinds[K] {
  const changed = { ...object, ...patch }
  const previous = previousOf(object, changed)
  if (!previous) return object
  world.put(kind, changed)
  if (type) world.emit(type, changed, previous)
  return changed
}

const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '))
export const minorUnits = (currency: string) => (zeroDecimal.has(currency) ? 1 : 100)

export function requireCurrency(world: World, currency: string): string {
  const lower = currency.toLowerCase()
  if (world.terms.rates[lower] === undefined)
    throw invalid(
      `Invalid currency: ${lower}. Stripe currently supports these currencies: ${Object.keys(world.terms.rates).join(', ')}`,
      {
        param: 'currency',
      },
    )
  return lower
}
