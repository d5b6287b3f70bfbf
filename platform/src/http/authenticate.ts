import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { createMiddleware } from 'hono/factory'
import type { Context } from 'hono'
import type { Actor } from '../db/unit-of-work.ts'
import type { Deps } from '../deps.ts'
import { authenticateToken, findUserActor, type SignedIn } from '../features/identity/index.ts'
import { challengeOf } from '../features/oauth/index.ts'
import { ProblemError } from '../problems.ts'
import { addressOf, openLimit } from './rate-limit.ts'
import type { AppEnv } from './router.ts'
import { transactOf } from './transact.ts'

const perMinute = 6_000
const take = openLimit('api', { points: perMinute, seconds: 60 })

/** Lets in whoever acts for an organisation: by bearer token, by OAuth access token, or by session cookie and the header Bizq-Organisation. */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const { actor } = await identify(c)
  if (!actor)
    throw new ProblemError('not-signed-in', {
      detail: 'Send a bearer token, or sign in and belong to an organisation.',
    })
  if (actor.isStopped)
    throw new ProblemError('stopped', {
      detail:
        'Everything of your organisation is stopped, its tokens too. A person has to take the stop back.',
    })
  actAs(c, actor)
  await next()
})

/** From here on the request acts as this actor. */
export function actAs(c: Context<AppEnv>, actor: Actor): void {
  c.set('actor', actor)
  c.set('transact', transactOf(c))
}

interface Identified {
  signedIn: SignedIn | null
  actor: Actor | null
}

/** Who is asking, as far as it can be told. Counts the request for the token or person, or for the address of a stranger. */
export async function identify(c: Context<AppEnv>): Promise<Identified> {
  const found = await recognise(c).catch(async (error: unknown) => {
    await take(c, addressOf(c))
    throw error
  })
  await take(c, found.actor?.token ?? found.signedIn?.user.id ?? addressOf(c))
  return found
}

async function recognise(c: Context<AppEnv>): Promise<Identified> {
  const deps: Deps = c.get('deps')
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (bearer) return { signedIn: null, actor: await authenticateToken(deps, bearer) }
  const bound = /^DPoP (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (bound) return { signedIn: null, actor: await recogniseAccess(c, deps, bound) }
  const signedIn = await deps.auth.findSession(c.req.raw.headers)
  if (!signedIn) return { signedIn: null, actor: null }
  requireSameSite(c)
  const chosen = c.req.header('bizq-organisation')
  return { signedIn, actor: await findUserActor(deps, signedIn, chosen && readOrganisation(chosen)) }
}

/** What a provider's token is for: the pages of its grant, and the output that comes of them. */
const forProviders = /^(GET|HEAD) \/v1\/grants\/[^/]+\/data\/[^/]+$|^POST \/v1\/executions\/[^/]+\/output$/

/** Who an OAuth access token acts as (RFC 9449). */
async function recogniseAccess(c: Context<AppEnv>, deps: Deps, token: string): Promise<Actor> {
  const { method, path } = c.req
  const request = { token, proof: c.req.header('dpop'), method, path }
  const actor = await deps.oauth.authenticate(request).catch((error: unknown) => {
    if (error instanceof ProblemError && error.status === 401)
      c.header('www-authenticate', challengeOf(error))
    throw error
  })
  if (actor.grant && !forProviders.test(`${method} ${path}`))
    throw new ProblemError('forbidden', {
      detail: 'This token reads the data of its grant and hands outputs in, nothing else.',
    })
  return actor
}

/** The person behind the session cookie. Refuses tokens and strangers. */
export async function requireSignedIn(c: Context<AppEnv>): Promise<SignedIn> {
  const { signedIn } = await identify(c)
  if (!signedIn)
    throw new ProblemError('not-signed-in', { detail: 'Sign in first; a token is not enough here.' })
  return signedIn
}

function readOrganisation(id: string): string {
  try {
    return decodeId(idPrefixes.organisation, id)
  } catch {
    throw new ProblemError('invalid-request', {
      detail: 'The header Bizq-Organisation must be an id of the form org_….',
    })
  }
}

/** A change made with a cookie must come from our own pages: browsers say so in Origin and Sec-Fetch-Site. */
export function requireSameSite(c: Context<AppEnv>): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const host = c.req.header('host')
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  const isForeignOrigin = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)
  if (isForeignSite || isForeignOrigin) throw new ProblemError('cross-site')
}
