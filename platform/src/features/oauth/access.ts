import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from 'zod'
import type { Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import type { ArtifactPayload, Artifacts } from './artifacts.ts'
import { firstPartyClient } from './clients.ts'
import { checkProof, ProofError, proofWindowSeconds } from './proof.ts'
import { algorithms } from './schemas.ts'
import * as store from './store.ts'

export interface AccessRequest {
  token: string
  /** The header DPoP. */
  proof: string | undefined
  method: string
  /** The path as it was asked for, without query. */
  path: string
}

type Ground = Pick<Deps, 'config' | 'directory'>

/** The API as the resource that tokens are for (RFC 8707). */
export const resourceOf = (config: Pick<Deps['config'], 'publicUrl'>): string =>
  new URL('/v1', config.publicUrl).href

const GrantDetails = z.tuple([z.object({ type: z.literal('bizq_grant'), grant: z.string() })])

function refuse(error: 'invalid_token' | 'invalid_dpop_proof', detail: string): never {
  throw new ProblemError('not-signed-in', { detail, extra: { error } })
}

/** What a refused access token is answered with (RFC 9449, section 7.1). */
export function challengeOf(refusal: ProblemError): string {
  const error = refusal.details.extra?.['error']
  return `DPoP algs="${algorithms.join(' ')}"${typeof error === 'string' ? `, error="${error}"` : ''}`
}

/**
 * Who a DPoP-bound access token acts as. Refuses a token that is unknown, over, revoked or for another
 * resource, a proof that is not of its key or was sent before, and whom the token's ground has left since:
 * client, consent, membership and grant are asked anew each time.
 */
export async function authenticateAccess(
  ground: Ground,
  artifacts: Artifacts,
  request: AccessRequest,
): Promise<Actor> {
  const token = await artifacts.find(['AccessToken', 'ClientCredentials'], 'id', request.token)
  const isOver = !token?.exp || token.exp <= Date.now() / 1_000
  if (!token || isOver || !token.clientId)
    return refuse('invalid_token', 'The access token is unknown, over or revoked.')
  const { clientId } = token
  const audiences = [token.aud ?? []].flat()
  if (!audiences.includes(resourceOf(ground.config)))
    return refuse('invalid_token', 'The access token is for another resource.')
  await requireProof(ground, artifacts, request, { ...token, clientId })
  return token.grantId ? actorOfConsent(ground, token, token.grantId) : actorOfGrant(ground, token, clientId)
}

async function requireProof(
  ground: Ground,
  artifacts: Artifacts,
  request: AccessRequest,
  token: ArtifactPayload & { clientId: string },
): Promise<void> {
  const { proof, method, path } = request
  if (!proof) return refuse('invalid_dpop_proof', 'Send a DPoP proof with the token (RFC 9449).')
  const url = new URL(path, ground.config.publicUrl).href
  const checked = await checkProof(proof, { method, url, token: request.token }).catch((error: unknown) => {
    if (error instanceof ProofError) return refuse('invalid_dpop_proof', `${error.message}.`)
    throw error
  })
  if (!token.jkt || checked.thumbprint !== token.jkt)
    return refuse('invalid_token', 'The proof is not by the key that the token is bound to.')
  if (!(await artifacts.claimOnce(`proof ${token.clientId}`, checked.jti, 2 * proofWindowSeconds)))
    return refuse('invalid_dpop_proof', 'The DPoP proof was sent before: make one for each request.')
}

/** A program that acts for a person, as far as they consented and still may themselves. */
async function actorOfConsent(
  { directory }: Ground,
  token: ArtifactPayload,
  consentId: string,
): Promise<Actor> {
  const consent = await store.findConsent(directory, consentId)
  if (!consent || consent.client !== token.clientId || !(await isClient({ directory }, consent.client)))
    return refuse('invalid_token', 'The consent behind the access token was taken back.')
  const asked = new Set((token.scope ?? '').split(' '))
  return {
    organisation: consent.organisation_id,
    kind: 'token',
    user: consent.user_id,
    token: consentId,
    role: consent.role,
    scopes: consent.scopes.filter((scope) => asked.has(scope)),
    organisationKind: consent.kind,
    ...(consent.is_stopped ? { isStopped: true } : {}),
  }
}

async function isClient({ directory }: Pick<Ground, 'directory'>, id: string): Promise<boolean> {
  if (id === firstPartyClient) return true
  return (await store.findClient(directory, decodeId(idPrefixes.client, id))) !== undefined
}

/** A provider on one grant of its own: reads what was delivered, hands outputs in, and nothing else. */
async function actorOfGrant(ground: Ground, token: ArtifactPayload, clientId: string): Promise<Actor> {
  const details = GrantDetails.safeParse(token.rar)
  if (!details.success) return refuse('invalid_token', 'The access token names no grant.')
  const client = await store.findClient(ground.directory, decodeId(idPrefixes.client, clientId))
  if (!client) return refuse('invalid_token', 'The client of the access token was deleted.')
  const id = decodeId(idPrefixes.grant, details.data[0].grant)
  const acting = {
    kind: 'token',
    user: null,
    token: client.id,
    role: 'viewer',
    scopes: ['grants:read'],
  } as const
  const grant = await store.findProviderGrant(ground.directory, id)
  const trial = grant ? undefined : await store.findTrial(ground.directory, id)
  if (trial?.organisation_id === client.organisation_id)
    return { ...acting, organisation: trial.organisation_id, organisationKind: 'provider', grant: id }
  if (grant?.provider_id !== client.organisation_id || !grant.is_open)
    throw new ProblemError('grant-not-active', {
      detail: 'The subscription is not active any more, or the release was suspended.',
    })
  return { ...acting, organisation: grant.organisation_id, organisationKind: 'operator', grant: id }
}

/** Whether what a token was given for still stands: its client and consent, or its grant. A token without it is told to be inactive. */
export async function hasGround(
  ground: Pick<Ground, 'directory'>,
  token: { clientId: string; grantId?: string | undefined; rar?: unknown },
): Promise<boolean> {
  if (token.grantId) return (await findStandingConsents(ground, [token.grantId])).has(token.grantId)
  const details = GrantDetails.safeParse(token.rar)
  return details.success && (await mayActOnGrant(ground, token.clientId, details.data[0].grant))
}

/** Of these consents (UUIDs), those by which a program may act now: not taken back, not stopped, of a client that there still is. */
export async function findStandingConsents(
  ground: Pick<Ground, 'directory'>,
  ids: readonly string[],
): Promise<Set<string>> {
  const standing = new Set<string>()
  for (const consent of await store.findConsents(ground.directory, ids))
    if (!consent.is_stopped && (await isClient(ground, consent.client))) standing.add(consent.id)
  return standing
}

/** The trial (UUID) that a token's details name; nothing where they name a grant. */
export async function trialOf(
  { directory }: Pick<Ground, 'directory'>,
  details: unknown,
): Promise<string | undefined> {
  const parsed = GrantDetails.safeParse(details)
  if (!parsed.success) return undefined
  const id = decodeId(idPrefixes.grant, parsed.data[0].grant)
  return (await store.findTrial(directory, id)) && id
}

/** Whether a client may have a token for this grant now. */
export async function mayActOnGrant(
  { directory }: Pick<Ground, 'directory'>,
  clientId: string,
  grant: unknown,
): Promise<boolean> {
  try {
    const id = decodeId(idPrefixes.grant, String(grant))
    const client = await store.findClient(directory, decodeId(idPrefixes.client, clientId))
    if (!client) return false
    const found = await store.findProviderGrant(directory, id)
    if (found) return found.provider_id === client.organisation_id && found.is_open
    return (await store.findTrial(directory, id))?.organisation_id === client.organisation_id
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
