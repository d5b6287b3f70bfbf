import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { calculateJwkThumbprint, type JWK } from 'jose'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { requireRoom } from '../../http/room.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type { Client, Consent, NewClient } from './schemas.ts'
import * as store from './store.ts'

function requireProvider(unit: UnitOfWork): void {
  requireOrganisationKind(unit.actor, 'provider')
  requireRole(unit.actor, 'owner')
}

function toClient(row: store.ClientRow): z.infer<typeof Client> {
  return {
    id: encodeId(idPrefixes.client, row.id),
    kind: row.kind,
    name: row.name,
    jwks: { keys: row.keys as z.infer<typeof Client>['jwks']['keys'] },
    redirectUris: row.redirect_uris,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    rotatedAt: row.rotated_at?.toISOString() ?? null,
  }
}

/** Keys with a `kid` each, so that an assertion names the one that it was signed with. */
async function named(keys: readonly JWK[]): Promise<JWK[]> {
  const all = await Promise.all(
    keys.map(async (key) => ({ ...key, kid: key.kid ?? (await calculateJwkThumbprint(key)), use: 'sig' })),
  )
  if (new Set(all.map(({ kid }) => kid)).size < all.length)
    throw new ProblemError('invalid-request', {
      detail: 'Two of the keys are the same or have the same kid.',
      errors: [{ pointer: '/jwks/keys', detail: 'give each key a kid of its own' }],
    })
  return all
}

/** Registers a client of the provider by its public keys. */
export async function createClient(
  unit: UnitOfWork,
  body: z.infer<typeof NewClient>,
): Promise<z.infer<typeof Client>> {
  requireProvider(unit)
  await requireRoom(unit, 'clients', async () => (await store.listClients(unit.tx)).length)
  const keys = await named(body.jwks.keys as JWK[])
  const row = await store.insertClient(unit.tx, {
    organisation: unit.actor.organisation,
    kind: body.kind,
    name: body.name,
    keys,
    redirectUris: body.kind === 'app' ? body.redirectUris : [],
    scopes: body.kind === 'app' ? [...body.scopes] : [],
  })
  await audit(unit, 'oauth-client.create', {
    client: encodeId(idPrefixes.client, row.id),
    kind: body.kind,
    keys: keys.map(({ kid }) => kid),
  })
  return toClient(row)
}

export async function listClients(unit: UnitOfWork): Promise<z.infer<typeof Client>[]> {
  requireOrganisationKind(unit.actor, 'provider')
  return (await store.listClients(unit.tx)).map(toClient)
}

/** Puts other keys in place: send the new one beside the old until nothing signs with the old any more. */
export async function rotateKeys(
  unit: UnitOfWork,
  id: string,
  given: readonly JWK[],
): Promise<z.infer<typeof Client>> {
  requireProvider(unit)
  const keys = await named(given)
  const row = await store.replaceKeys(unit.tx, decodeId(idPrefixes.client, id), keys)
  if (!row) throw new ProblemError('not-found', { detail: 'Your organisation has no such client.' })
  await audit(unit, 'oauth-client.rotate', { client: id, keys: keys.map(({ kid }) => kid) })
  return toClient(row)
}

/** Deletes a client: its tokens are refused from the commit on. */
export async function deleteClient(unit: UnitOfWork, id: string): Promise<void> {
  requireProvider(unit)
  if (!(await store.deleteClient(unit.tx, decodeId(idPrefixes.client, id))))
    throw new ProblemError('not-found', { detail: 'Your organisation has no such client.' })
  await audit(unit, 'oauth-client.delete', { client: id })
  unit.emit('oauth-client.deleted', { client: id })
}

function toConsent(row: store.ConsentRow): z.infer<typeof Consent> {
  return {
    id: encodeId(idPrefixes.consent, row.id),
    user: encodeId(idPrefixes.user, row.user_id),
    client: row.client,
    name: row.client_name,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
  }
}

/** Writes down that the person of this unit lets a client act for them in this organisation. */
export async function giveConsent(
  unit: UnitOfWork,
  client: { id: string; name: string },
  scopes: readonly string[],
): Promise<string> {
  const { organisation, user } = unit.actor
  const row = await store.insertConsent(unit.tx, {
    organisation,
    user: user ?? '',
    client: client.id,
    clientName: client.name,
    scopes: [...scopes],
  })
  await audit(unit, 'oauth-consent.give', {
    consent: encodeId(idPrefixes.consent, row.id),
    client: client.id,
    scopes,
  })
  return row.id
}

/** Which programs of others act in your organisation, and for whom. */
export async function listConsents(unit: UnitOfWork): Promise<z.infer<typeof Consent>[]> {
  return (await store.listConsents(unit.tx)).map(toConsent)
}

/** Takes a consent back: your own, or as an owner anybody's. Its tokens are refused from the commit on. */
export async function revokeConsent(unit: UnitOfWork, id: string): Promise<void> {
  const { role, user, kind } = unit.actor
  const whose = role === 'owner' || kind === 'system' ? undefined : user
  const isDone =
    whose !== null && (await store.revokeConsent(unit.tx, decodeId(idPrefixes.consent, id), whose))
  if (!isDone) throw new ProblemError('not-found', { detail: 'There is no such consent of yours.' })
  await audit(unit, 'oauth-consent.revoke', { consent: id })
  unit.emit('oauth-consent.revoked', { consent: id })
}
