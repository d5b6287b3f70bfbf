import { checkAssertion, checkProof, encode, OAuthError, once } from './proofs.ts'

export interface IssuedToken {
  grant: string
  /** Thumbprint of the key that it is bound to. */
  boundTo: string
}

export interface AuthorisationServer {
  issuer: string
  /** Answers discovery and token requests; undefined for any other. */
  answer(request: Request): Promise<Response | undefined>
  /** The token of a request for data, if it is one that may be used by its sender. Throws an OAuthError. */
  requireToken(request: Request): Promise<IssuedToken>
  /** All that were given out. */
  issued: ReadonlyMap<string, IssuedToken>
  /** Makes every token invalid, as a cancelled subscription does. */
  revokeAll(): void
}

const random = () => encode(crypto.getRandomValues(new Uint8Array(24)))

function refusal(error: OAuthError, status = 400): Response {
  const body = { error: error.code, error_description: error.message }
  return Response.json(body, { status, headers: error.headers })
}

/** An authorisation server that holds a client to what the platform's does: private_key_jwt, DPoP with a nonce, one grant a token. */
export function createAuthorisationServer(
  origin: string,
  client: string,
  publicKey: object,
): AuthorisationServer {
  const issuer = `${origin}/oauth`
  const nonce = random()
  const [newAssertion, newProof] = [once(), once()]
  const issued = new Map<string, IssuedToken>()

  const issue = async (request: Request): Promise<Response> => {
    const form = new URLSearchParams(await request.clone().text())
    if (form.get('grant_type') !== 'client_credentials')
      throw new OAuthError('unsupported_grant_type', 'client_credentials is expected')
    const boundTo = await checkProof(request, { isNew: newProof, nonce })
    await checkAssertion(form, { client, issuer, publicKey: { ...publicKey }, isNew: newAssertion })
    if (form.get('resource') !== `${origin}/v1`) throw new OAuthError('invalid_target', 'resource is the API')
    const [details, ...more] = JSON.parse(form.get('authorization_details') ?? '[]') as {
      type: string
      grant: string
    }[]
    if (details?.type !== 'bizq_grant' || more.length > 0)
      throw new OAuthError('invalid_authorization_details', 'name one grant')
    const token = random()
    issued.set(token, { grant: details.grant, boundTo })
    return Response.json({
      access_token: token,
      token_type: 'DPoP',
      expires_in: 600,
      authorization_details: [details],
    })
  }

  const answer = async (request: Request): Promise<Response | undefined> => {
    const { pathname } = new URL(request.url)
    if (pathname === '/oauth/.well-known/openid-configuration') {
      return Response.json({
        issuer,
        token_endpoint: `${issuer}/token`,
        dpop_signing_alg_values_supported: ['ES256'],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
      })
    }
    if (pathname !== '/oauth/token') return undefined
    return issue(request).catch((error: unknown) => {
      if (error instanceof OAuthError) return refusal(error, error.code === 'invalid_client' ? 401 : 400)
      return refusal(new OAuthError('invalid_request', (error as Error).message))
    })
  }

  const requireToken = async (request: Request): Promise<IssuedToken> => {
    const [scheme, token = ''] = (request.headers.get('authorization') ?? '').split(' ')
    const found = issued.get(token)
    if (scheme !== 'DPoP' || !found) throw new OAuthError('invalid_token', 'the token is not known')
    const boundTo = await checkProof(request, { isNew: newProof, token })
    if (boundTo !== found.boundTo) throw new OAuthError('invalid_token', 'the token is bound to another key')
    return found
  }

  return { issuer, answer, requireToken, issued, revokeAll: () => issued.clear() }
}
