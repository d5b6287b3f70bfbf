import * as oauth from 'oauth4webapi'
import { CommandError, exitCodes } from '../command-error.ts'
import type { Credentials } from './credentials.ts'
import { client, newKey, openKey, withNonce } from './dpop.ts'
import { isLocal } from './platform.ts'

const scope = 'releases:write services:read'
const defaultIntervalSeconds = 5
const noSecret = oauth.None()

export interface DeviceCode {
  userCode: string
  /** Where the code is typed. */
  address: string
  /** The same with the code in it, where the server gives one. */
  completeAddress: string | undefined
  expiresInSeconds: number
}

const refused = (message: string, cause?: unknown) =>
  new CommandError(message, { exitCode: exitCodes.signIn, code: 'sign-in-failed', cause })

const options = (platform: string) => ({ [oauth.allowInsecureRequests]: isLocal(platform) })

async function discover(platform: string): Promise<oauth.AuthorizationServer> {
  const issuer = new URL('/oauth', platform)
  try {
    const response = await oauth.discoveryRequest(issuer, options(platform))
    return await oauth.processDiscoveryResponse(issuer, response)
  } catch (cause) {
    throw refused(
      `${platform} does not answer as a BizQ platform (${(cause as Error).message}). Is it running? Name another with --platform.`,
      cause,
    )
  }
}

type Key = Credentials['key']

function credentialsOf(answer: oauth.TokenEndpointResponse, key: Key, before?: Credentials): Credentials {
  const refreshToken = answer.refresh_token ?? before?.refreshToken
  return {
    key,
    accessToken: answer.access_token,
    expiresAt: Date.now() + (answer.expires_in ?? 600) * 1_000,
    ...(refreshToken === undefined ? {} : { refreshToken }),
  }
}

interface Asking {
  server: oauth.AuthorizationServer
  platform: string
  code: string
  key: Key
  dpop: oauth.DPoPHandle
}

/** Asks once whether the code was confirmed: credentials, or how many seconds more to wait between two questions. */
async function poll({ server, platform, code, key, dpop }: Asking): Promise<Credentials | number> {
  const more = { ...options(platform), DPoP: dpop }
  try {
    return await withNonce(async () => {
      const response = await oauth.deviceCodeGrantRequest(server, client, noSecret, code, more)
      return credentialsOf(await oauth.processDeviceCodeResponse(server, client, response), key)
    })
  } catch (error) {
    const name = error instanceof oauth.ResponseBodyError ? error.error : undefined
    if (name === 'authorization_pending') return 0
    if (name === 'slow_down') return 5
    if (name === 'access_denied') throw refused('The sign-in was refused in the browser.', error)
    if (name === 'expired_token') throw refused('The code has ended. Run bizq login again.', error)
    throw refused(`The sign-in failed: ${(error as Error).message}`, error)
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Signs in with a device code (RFC 8628): shows a code, and asks at the server's pace until it was
 * confirmed in a browser. Rejects with a CommandError (exit code 3).
 */
export async function signIn(platform: string, show: (code: DeviceCode) => void): Promise<Credentials> {
  const server = await discover(platform)
  const parameters = { scope, resource: `${platform}/v1` }
  const started = await oauth
    .deviceAuthorizationRequest(server, client, noSecret, parameters, options(platform))
    .then((response) => oauth.processDeviceAuthorizationResponse(server, client, response))
    .catch((cause: unknown) => {
      throw refused(`${platform} gives no device code: ${(cause as Error).message}`, cause)
    })
  show({
    userCode: started.user_code,
    address: started.verification_uri,
    completeAddress: started.verification_uri_complete,
    expiresInSeconds: started.expires_in,
  })
  const key = await newKey()
  const asking = { server, platform, code: started.device_code, key, dpop: await openKey(key) }
  const until = Date.now() + started.expires_in * 1_000
  for (let seconds = started.interval ?? defaultIntervalSeconds; ;) {
    await pause(seconds * 1_000)
    if (Date.now() > until) throw refused('The code has ended. Run bizq login again.')
    const answer = await poll(asking)
    if (typeof answer !== 'number') return answer
    seconds += answer
  }
}

/** New credentials for old ones that end; refresh tokens rotate. Rejects with a CommandError (exit code 3). */
export async function refresh(platform: string, before: Credentials): Promise<Credentials> {
  const again = 'Your sign-in has ended. Run bizq login.'
  if (before.refreshToken === undefined) throw refused(again)
  const server = await discover(platform)
  const { refreshToken, key } = before
  const additionalParameters = { resource: `${platform}/v1` }
  const more = { ...options(platform), additionalParameters, DPoP: await openKey(key) }
  return withNonce(async () => {
    const response = await oauth.refreshTokenGrantRequest(server, client, noSecret, refreshToken, more)
    return credentialsOf(await oauth.processRefreshTokenResponse(server, client, response), key, before)
  }).catch((cause: unknown) => {
    throw refused(again, cause)
  })
}

/** Ends a sign-in on the platform too. */
export async function revoke(platform: string, { refreshToken, accessToken }: Credentials): Promise<void> {
  const server = await discover(platform)
  if (server.revocation_endpoint === undefined) return
  const token = refreshToken ?? accessToken
  const response = await oauth.revocationRequest(server, client, noSecret, token, options(platform))
  await oauth.processRevocationResponse(response)
}
