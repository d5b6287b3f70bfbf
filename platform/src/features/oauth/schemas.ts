import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { Scope } from '../identity/index.ts'

export const ClientId = idSchema(idPrefixes.client)
export const ConsentId = idSchema(idPrefixes.consent)

/** The algorithms of assertions, proofs and tokens; no other is taken anywhere. `Ed25519` is EdDSA's newer name (RFC 9864). */
export const algorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256'] as const

const keyId = z.string().min(1).max(100).optional()
const base64url = z.string().regex(/^[\w-]+$/)
const use = z.literal('sig').optional()

/** A public key: its private members must stay where they are. */
export const PublicJwk = z
  .union([
    z.strictObject({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: base64url.length(43),
      y: base64url.length(43),
      alg: z.literal('ES256').optional(),
      kid: keyId,
      use,
    }),
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: base64url.length(43),
      alg: z.enum(['EdDSA', 'Ed25519']).optional(),
      kid: keyId,
      use,
    }),
    z.strictObject({
      kty: z.literal('RSA'),
      n: base64url.min(342, 'must be a modulus of at least 2048 bits').max(700),
      e: base64url.max(8),
      alg: z.literal('PS256').optional(),
      kid: keyId,
      use,
    }),
  ])
  .openapi('PublicJwk', {
    description:
      'A public JWK (RFC 7517): EC P-256 (ES256), OKP Ed25519 (EdDSA) or RSA of at least 2048 bits (PS256). Never send a private one.',
  })

const Jwks = z.object({ keys: z.array(PublicJwk).max(5) })
const RedirectUri = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine(
    (uri) => uri.startsWith('https:') || ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(uri).hostname),
    'must be https, or http to this very machine',
  )
  .refine((uri) => !uri.includes('#'), 'must not have a fragment')

/** What a program of others may be allowed: everything but `*`. */
export const AppScope = Scope.exclude(['*'])

export const NewClient = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('service'),
      name: z.string().trim().min(1).max(100),
      jwks: Jwks.refine(({ keys }) => keys.length > 0, 'needs at least one key'),
    }),
    z.object({
      kind: z.literal('app'),
      name: z.string().trim().min(1).max(100),
      /** None for a program that cannot keep a key, such as one on people's own machines. */
      jwks: Jwks.default({ keys: [] }),
      redirectUris: z.array(RedirectUri).max(10).default([]),
      scopes: z.array(AppScope).min(1),
    }),
  ])
  .openapi('NewClient')

export const NewKeys = z
  .object({ jwks: Jwks.refine(({ keys }) => keys.length > 0, 'needs at least one key') })
  .openapi('NewKeys')

export const Client = z
  .object({
    id: ClientId,
    kind: z.enum(['service', 'app']).openapi({
      description:
        '`service` reads granted data for remote executions (client_credentials); `app` acts for people who consent.',
    }),
    name: z.string(),
    jwks: z.object({ keys: z.array(z.record(z.string(), z.string())) }),
    redirectUris: z.array(z.string()),
    scopes: z.array(z.string()),
    createdAt: z.iso.datetime(),
    rotatedAt: z.iso.datetime().nullable(),
  })
  .openapi('Client')

export const Consent = z
  .object({
    id: ConsentId,
    user: idSchema(idPrefixes.user),
    client: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    createdAt: z.iso.datetime(),
  })
  .openapi('OAuthConsent')
