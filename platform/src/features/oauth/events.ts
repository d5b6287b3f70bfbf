declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** Its tokens are refused, and the streams of whoever acts by it end. */
    'oauth-client.deleted': { client: string }
    'oauth-consent.revoked': { consent: string }
  }
}
