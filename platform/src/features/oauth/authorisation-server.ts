import type { IncomingMessage } from 'node:http'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import {
  errors,
  interactionPolicy,
  Provider,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import type { Deps } from '../../deps.ts'
import { hasGround, mayActOnGrant, resourceOf } from './access.ts'
import { adapterOf } from './adapter.ts'
import type { Artifacts } from './artifacts.ts'
import { firstPartyMetadata } from './clients.ts'
import { codePage, confirmPage, enteredCode, messagePage, pageHeaders } from './pages.ts'
import { algorithms, AppScope } from './schemas.ts'

export type AuthorisationGround = Pick<
  Deps,
  'auth' | 'config' | 'directory' | 'keyring' | 'log' | 'signer'
> & { artifacts: Artifacts }

const minute = 60
const day = 86_400
const apiScopes: readonly string[] = AppScope.options
const scopes = apiScopes.join(' ')

/** The library's server for this installation, with these signing keys (private JWKs, the active one first). */
export function openProvider(ground: AuthorisationGround, keys: readonly object[]): Provider {
  const provider = new Provider(issuerOf(ground.config), configurationOf(ground, keys))
  provider.proxy = true
  // The library looks and then writes; here the look is the write, so that of two nodes one wins.
  Object.assign(provider.ReplayDetection, {
    unique: (issuer: string, jti: string, exp: number) =>
      ground.artifacts.claimOnce(issuer, jti, Math.max(minute, exp - Date.now() / 1_000 + minute)),
  })
  provider.on('server_error', (_ctx, error) =>
    ground.log.error({ err: error }, 'the authorisation server failed'),
  )
  return provider
}

export const issuerOf = (config: Pick<Deps['config'], 'publicUrl'>): string =>
  new URL('/oauth', config.publicUrl).href

function configurationOf(ground: AuthorisationGround, keys: readonly object[]): Configuration {
  const configuration = {
    adapter: adapterOf(ground, () => {
      throw new errors.InvalidGrant('it was used before')
    }),
    jwks: { keys: [...keys] },
    clients: [firstPartyMetadata(apiScopes)],
    clientDefaults: { id_token_signed_response_alg: 'EdDSA', grant_types: [], response_types: [] },
    clientAuthMethods: ['private_key_jwt', 'none'],
    responseTypes: ['code'],
    scopes: ['openid', 'offline_access', ...apiScopes],
    enabledJWA: {
      clientAuthSigningAlgValues: [...algorithms],
      dPoPSigningAlgValues: [...algorithms],
      idTokenSigningAlgValues: ['EdDSA'],
    },
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
      client.grantTypeAllowed('refresh_token'),
    clientBasedCORS: () => false,
    cookies: {
      keys: [ground.keyring.derive('oauth-cookies').toString('hex')],
      names: { session: 'bizq.oauth', interaction: 'bizq.oauth_asked', resume: 'bizq.oauth_resume' },
    },
    ttl: {
      AccessToken: 10 * minute,
      AuthorizationCode: minute,
      ClientCredentials: 10 * minute,
      DeviceCode: 10 * minute,
      Grant: 90 * day,
      IdToken: 10 * minute,
      Interaction: 10 * minute,
      RefreshToken: 30 * day,
      Session: 10 * minute,
    },
    findAccount: (_ctx: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
    interactions: {
      url: (_ctx: unknown, { uid }: { uid: string }) => `/oauth/interaction/${uid}`,
      policy: policyOf(ground),
    },
    // Whoever asks is asked: an earlier consent stands by itself and lends nothing to this request.
    loadExistingGrant: async ({ oidc }: KoaContextWithOIDC) => {
      const id = oidc.result?.consent?.grantId
      return id ? oidc.provider.Grant.find(id) : undefined
    },
    renderError: (ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }) => {
      ctx.set(pageHeaders())
      ctx.body = messagePage('That did not work', `${out.error_description ?? out.error}.`)
    },
    features: featuresOf(ground),
  }
  // The published types are a minor version behind the library.
  return configuration as unknown as Configuration
}

function featuresOf(ground: AuthorisationGround) {
  const resource = resourceOf(ground.config)
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true, allowReplay: false },
    introspection: {
      enabled: true,
      allowedPolicy: async (ctx: unknown, client: { clientId: string }, token: HeldToken) =>
        (await isOwn(ctx, client, token)) && (await hasGround(ground, token)),
    },
    revocation: { enabled: true, allowedPolicy: isOwn },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx: KoaContextWithOIDC, indicator: string) => {
        if (indicator !== resource) throw new errors.InvalidTarget(`the only resource is ${resource}`)
        const { grant_type: grantType, authorization_details: details } = ctx.oidc.params ?? {}
        if (grantType === 'client_credentials' && details === undefined)
          throw new errors.InvalidRequest(
            'name the one grant that the token is for in authorization_details: [{ "type": "bizq_grant", "grant": "gra_…" }]',
          )
        return { scope: scopes, audience: resource, accessTokenFormat: 'opaque', accessTokenTTL: 10 * minute }
      },
    },
    richAuthorizationRequests: detailsOf(ground),
    deviceFlow: deviceFlow(),
  }
}

/** A token is told about, and revoked, for the client that holds it alone. */
const isOwn = async (_ctx: unknown, client: { clientId: string }, token: { clientId: string }) =>
  token.clientId === client.clientId

/** A token as it is kept: of a consent, or narrowed to a grant. */
type HeldToken = Parameters<typeof hasGround>[1]

interface Detail {
  type: string
  grant?: unknown
  [member: string]: unknown
}

/** Narrows a service's token to exactly one grant of its own (RFC 9396). */
function detailsOf(ground: AuthorisationGround) {
  return {
    enabled: true,
    types: {
      bizq_grant: {
        validate: async (ctx: KoaContextWithOIDC, detail: Detail, client: { clientId: string }) => {
          const refuse = (why: string): never => {
            throw new errors.InvalidAuthorizationDetails(why)
          }
          if (ctx.oidc.params?.['grant_type'] !== 'client_credentials')
            refuse('bizq_grant is for client_credentials')
          const all = JSON.parse(String(ctx.oidc.params?.['authorization_details'])) as unknown[]
          if (all.length !== 1 || Object.keys(detail).length !== 2)
            refuse('one element, of type and grant, names one grant')
          if (!(await mayActOnGrant(ground, client.clientId, detail.grant)))
            refuse('there is no such active grant of a service of yours')
        },
      },
    },
    authorizationDetailsForGrantSource: () => undefined,
    authorizationDetailsForAccessToken: (
      ctx: KoaContextWithOIDC,
      _token: unknown,
      _source: unknown,
      grantType: string,
    ) =>
      grantType === 'client_credentials'
        ? (JSON.parse(String(ctx.oidc.params?.['authorization_details'])) as unknown[])
        : undefined,
    authorizationDetailsForIntrospection: (_ctx: unknown, token: { rar?: unknown }) => token.rar,
  }
}

function deviceFlow() {
  const formOf = (ctx: KoaContextWithOIDC) => ({
    action: ctx.oidc.urlFor('code_verification'),
    xsrf: (ctx.oidc.session as { state?: { secret?: string } } | undefined)?.state?.secret ?? '',
  })
  const show = (ctx: KoaContextWithOIDC, body: string) => {
    ctx.set(pageHeaders())
    ctx.body = body
  }
  return {
    enabled: true,
    userCodeInputSource: (ctx: KoaContextWithOIDC, _form: string, _out: unknown, error?: Error) =>
      show(ctx, codePage(formOf(ctx), ctx.get(enteredCode), error && wordsOf(error.name))),
    userCodeConfirmSource: (
      ctx: KoaContextWithOIDC,
      _form: string,
      client: { clientName?: string; clientId: string },
      _device: unknown,
      code: string,
    ) => show(ctx, confirmPage(formOf(ctx), { client: client.clientName ?? client.clientId, code })),
    successSource: (ctx: KoaContextWithOIDC) =>
      show(ctx, messagePage('Connected', 'You can close this page and go back to the program.')),
  }
}

function wordsOf(error: string): string {
  if (error === 'AbortedError') return 'The request was cancelled.'
  if (error === 'ExpiredError' || error === 'AlreadyUsedError')
    return 'This code is over. Start again in the program.'
  return 'There is no such code. Compare it with the one that the program shows.'
}

/** The usual prompts; besides, whoever is signed in as somebody else by now is asked anew. */
function policyOf({ auth }: AuthorisationGround) {
  const policy = interactionPolicy.base()
  const { Check } = interactionPolicy
  policy.get('login')?.checks.add(
    new Check('signed_in', 'Sign in first', async (ctx) => {
      const signedIn = await auth.findSession(headersOf(ctx.req))
      const isSame =
        signedIn !== null && encodeId(idPrefixes.user, signedIn.user.id) === ctx.oidc.session?.accountId
      return isSame ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
    }),
  )
  return policy
}

/** The cookies of a request of the server below, as the library of sessions takes them. */
export function headersOf(request: IncomingMessage): Headers {
  return new Headers({ cookie: request.headers.cookie ?? '' })
}

export type { Provider }
