import type { Deps } from '../src/deps.ts'
import { invitePlatformOwner } from '../src/features/identity/index.ts'
import { bundleOf, manifestOf } from '../test/services.ts'
import { emailOf, enter, type Answer, type Caller } from './caller.ts'
import type { Ground } from './ground.ts'
import { nameOf, type Currency, type Happening, type Of, type PlannedService } from './happening.ts'
import type { PlatformChild } from './platform.ts'

/** An organisation with somebody of it. */
export interface Party {
  caller: Caller
  organisation: string
}

export interface Operator extends Party {
  currency: Currency
  businesses: Map<number, string>
  /** Subscriptions that stand, by business and service. */
  subscriptions: Map<string, { id: string; of: Of }>
}

/** What the driver knows of a marketplace. */
export interface Market {
  ground: Ground
  platform: PlatformChild
  /** In the driver's own process. */
  deps: Deps
  admin: Caller
  providers: Map<number, Party>
  operators: Map<number, Operator>
  /** Ids by number. */
  services: Map<number, string>
  /** What was refused, by what it was and why: a plan does not know everything. */
  refused: Map<string, number>
}

export async function openMarket(ground: Ground, platform: PlatformChild, deps: Deps): Promise<Market> {
  const name = 'Ada Admin'
  const admin = await enter(platform, ground.url, name)
  const { secret } = await invitePlatformOwner(deps, emailOf(name))
  requireOk(await admin.send('POST', '/v1/invitations/accept', 'the platform', { secret }), 'no admin')
  return {
    ground,
    platform,
    deps,
    admin,
    providers: new Map(),
    operators: new Map(),
    services: new Map(),
    refused: new Map(),
  }
}

export function requireOk({ status, body }: Answer, what: string): Answer['body'] {
  if (status >= 300) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** What somebody may be refused is counted; that something is wrong with the request, or with the platform, is no refusal. */
export function orRefused(
  market: Market,
  happening: Happening,
  { status, body }: Answer,
): Answer['body'] | undefined {
  if (status < 300) return body
  const slug = String(body?.type ?? '')
    .split('/')
    .at(-1)
  if (status >= 500 || status === 400 || status === 401 || status === 403)
    throw new Error(`${JSON.stringify(happening)} was answered with ${status}: ${JSON.stringify(body)}`)
  const what = `${happening.kind}: ${slug}`
  market.refused.set(what, (market.refused.get(what) ?? 0) + 1)
  return undefined
}

/** A person with an organisation; found again where the answer was lost. */
export async function join(market: Market, kind: 'operator' | 'provider', name: string): Promise<Party> {
  const caller = await enter(market.platform, market.ground.url, name)
  const made = await caller.send('POST', '/v1/organisations', `organisation ${name}`, { name, kind })
  return { caller, organisation: requireOk(made, `no organisation for ${name}`).id }
}

export async function publish(market: Market, { number, provider, pricing }: PlannedService): Promise<void> {
  const { caller } = must(market.providers.get(provider), `provider ${provider}`)
  const service = nameOf.service(number)
  const taken = await caller.send('POST', '/v1/provider/services', `service ${number}`, { service })
  market.services.set(number, requireOk(taken, 'no service').id)
  const manifest = manifestOf({ service, name: service, pricing })
  const answer = await caller.send('POST', `/v1/provider/services/${service}/releases`, `release ${number}`, {
    manifest,
    bundle: bundleOf(manifest),
  })
  if (requireOk(answer, 'no release').state !== 'published')
    throw new Error(`not published: ${JSON.stringify(answer.body)}`)
}

export const keyOfService = ({ business, service }: Omit<Of, 'operator'>): string => `${business}/${service}`

export function must<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`there is no ${what}`)
  return found
}

/** Stripe's own page, as somebody fills it in. */
export async function fillIn(url: string, fields: Record<string, string>): Promise<void> {
  const page = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  if (page.status !== 303) throw new Error(`the page ${url} answered ${page.status}`)
}

export async function control({ ground }: Market, what: string, body: object): Promise<unknown> {
  const answer = await fetch(`${ground.simulator.url}/_simulator/controls/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ground.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the simulator's ${what}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
