import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { decodeId, encodeId, idPrefixes, idSchema } from '@bizq/sdk/contract'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { withUnitOfWork } from '../../db/unit-of-work.ts'
import { requireSameSite } from '../../http/authenticate.ts'
import { addressOf, limitByAddress, openLimit } from '../../http/rate-limit.ts'
import type { AppEnv, Router } from '../../http/router.ts'
import { ProblemError } from '../../problems.ts'
import { findUserActor, listOrganisations, type SignedIn } from '../identity/index.ts'
import type { Provider } from './authorisation-server.ts'
import { findRegistered } from './clients.ts'
import { accountOf } from './oauth.ts'
import { consentPage, enteredCode, messagePage, pageHeaders } from './pages.ts'
import { AppScope } from './schemas.ts'
import { giveConsent } from './service.ts'

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** Mounts the authorisation server at /oauth, its discovery, and the pages where people consent. */
export function mountOAuth(app: Router): void {
  app.use('/oauth/*', limitByAddress('oauth', { points: 1_200, seconds: 60 }))
  app.use('/oauth/*', limitCodes)
  app.get('/oauth/interaction/:uid', (c) => ask(c))
  app.post('/oauth/interaction/:uid', (c) => answer(c))
  app.get('/oauth/device', (c) => enterCode(c))
  app.all('/oauth/*', (c) => pass(c, pathOf(c).slice('/oauth'.length)))
  // The place that RFC 8414 names for an issuer with a path.
  app.get('/.well-known/oauth-authorization-server/oauth', (c) =>
    pass(c, '/.well-known/oauth-authorization-server'),
  )
  app.get('/.well-known/openid-configuration/oauth', (c) => pass(c, '/.well-known/openid-configuration'))
}

const pathOf = (c: Context<AppEnv>): string => new URL(c.req.url).pathname
const takeTry = openLimit('device-code', { points: 20, seconds: 60 })

/**
 * A code is short, so that it can be typed: whoever tries many is stopped (RFC 8628, section 5.1). The library takes
 * an address however it is written (`/device/`, `/%64evice`): here it is written in one way, or there is nothing.
 */
const limitCodes = createMiddleware<AppEnv>(async (c, next) => {
  const path = pathOf(c)
  if (!/^(\/[\w.-]+)+$/.test(path)) throw new ProblemError('not-found')
  if (c.req.method === 'POST' && path.toLowerCase() === '/oauth/device') await takeTry(c, addressOf(c))
  await next()
})

async function pass(c: Context<AppEnv>, path: string): Promise<Response> {
  const { incoming, outgoing } = requireServer(c)
  await c.var.deps.oauth.handle(incoming, outgoing, path + new URL(c.req.url).search)
  return RESPONSE_ALREADY_SENT
}

/** The page for a device's code. One that stands in the address is filled in, for the person to send. */
async function enterCode(c: Context<AppEnv>): Promise<Response> {
  const { incoming, outgoing } = requireServer(c)
  const code = c.req.query('user_code')
  if (code !== undefined) incoming.headers[enteredCode] = code.slice(0, 20)
  await c.var.deps.oauth.handle(incoming, outgoing, '/device')
  return RESPONSE_ALREADY_SENT
}

function requireServer(c: Context<AppEnv>) {
  const { incoming, outgoing } = c.env ?? {}
  if (!incoming || !outgoing) throw new ProblemError('not-found')
  return { incoming, outgoing }
}

async function openInteraction(c: Context<AppEnv>) {
  const { incoming, outgoing } = requireServer(c)
  const { deps } = c.var
  const provider = await deps.oauth.provider()
  const details = await provider.interactionDetails(incoming, outgoing).catch(() => undefined)
  const signedIn = await deps.auth.findSession(c.req.raw.headers)
  const finish = async (result: Parameters<Provider['interactionFinished']>[2], merge: boolean) => {
    await provider.interactionFinished(incoming, outgoing, result, { mergeWithLastSubmission: merge })
    return RESPONSE_ALREADY_SENT
  }
  return { provider, details, signedIn, finish }
}

const show = (c: Context<AppEnv>, body: string, status: 200 | 400 | 403, target?: string) =>
  c.body(body, status, pageHeaders(target))

const isOver = (c: Context<AppEnv>) =>
  show(c, messagePage('That is over', 'Start again in the program that sent you here.'), 400)

/** Signs in by the session of our own pages, or asks for consent. */
async function ask(c: Context<AppEnv>): Promise<Response> {
  const { provider, details, signedIn, finish } = await openInteraction(c)
  if (!details) return isOver(c)
  if (!signedIn) return c.redirect(`/sign-in?next=${encodeURIComponent(c.req.path)}`, 303)
  const account = accountOf(signedIn.user.id)
  if (details.prompt.name === 'login' || details.session?.accountId !== account)
    return finish({ login: { accountId: account } }, false)
  const client = await clientOf(c, provider, details)
  const organisations = await listOrganisations(c.var.deps, signedIn)
  if (organisations.length === 0)
    return show(c, messagePage('You belong nowhere yet', 'Make an organisation first, or join one.'), 403)
  return show(
    c,
    consentPage({
      action: c.req.path,
      client: client.name,
      publisher: client.publisher,
      email: signedIn.user.email,
      scopes: scopesOf(details),
      organisations: organisations.map(({ organisation_id: id, name }) => ({
        id: encodeId(idPrefixes.organisation, id),
        name,
      })),
    }),
    200,
    redirectOf(details),
  )
}

/** Takes the person's answer: a consent of one organisation, or none. */
async function answer(c: Context<AppEnv>): Promise<Response> {
  requireSameSite(c)
  const form = await c.req.parseBody()
  const { provider, details, signedIn, finish } = await openInteraction(c)
  if (!details || details.prompt.name !== 'consent') return isOver(c)
  if (!signedIn || details.session?.accountId !== accountOf(signedIn.user.id)) return isOver(c)
  if (form['decision'] !== 'allow')
    return finish({ error: 'access_denied', error_description: 'the person said no' }, false)
  const grantId = await consent(c, provider, details, { signedIn, organisation: form['organisation'] })
  return finish({ consent: { grantId } }, true)
}

async function consent(
  c: Context<AppEnv>,
  provider: Provider,
  details: Interaction,
  by: { signedIn: SignedIn; organisation: unknown },
): Promise<string> {
  const { deps } = c.var
  const chosen = idSchema(idPrefixes.organisation).safeParse(by.organisation)
  if (!chosen.success)
    throw new ProblemError('invalid-request', { detail: 'Choose the organisation that it may act in.' })
  const organisation = decodeId(idPrefixes.organisation, chosen.data)
  const actor = await findUserActor(deps, by.signedIn, organisation)
  if (!actor) throw new ProblemError('forbidden', { detail: 'You do not belong to this organisation.' })
  const client = await clientOf(c, provider, details)
  const scopes = scopesOf(details)
  const id = await withUnitOfWork(deps, actor, (unit) =>
    giveConsent(unit, { id: client.id, name: client.name }, scopes),
  )
  const grant = new provider.Grant({ accountId: accountOf(by.signedIn.user.id), clientId: client.id })
  // The library's grant and our consent are one thing: what takes the one back takes the other.
  grant.jti = id
  const { missingOIDCScope, missingResourceScopes } = details.prompt.details as Missing
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '))
  for (const [resource, missing] of Object.entries(missingResourceScopes ?? {}))
    grant.addResourceScope(resource, missing.join(' '))
  return grant.save()
}

interface Missing {
  missingOIDCScope?: string[]
  missingResourceScopes?: Record<string, string[]>
}

/** What of the API is asked for. */
function scopesOf({ prompt }: Interaction): string[] {
  const { missingResourceScopes } = prompt.details as Missing
  const known: readonly string[] = AppScope.options
  return [...new Set(Object.values(missingResourceScopes ?? {}).flat())].filter((scope) =>
    known.includes(scope),
  )
}

function redirectOf({ params }: Interaction): string | undefined {
  const uri = params['redirect_uri']
  return typeof uri === 'string' ? uri : undefined
}

async function clientOf(c: Context<AppEnv>, provider: Provider, { params }: Interaction) {
  const id = String(params['client_id'])
  const client = await provider.Client.find(id)
  if (!client) throw new ProblemError('not-found', { detail: 'The client was deleted.' })
  const registered = await findRegistered(c.var.deps, id)
  return { id, name: client.clientName ?? id, publisher: registered?.publisher ?? null }
}
