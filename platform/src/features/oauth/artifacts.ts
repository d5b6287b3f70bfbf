import { Kysely, PostgresDialect } from 'kysely'
import type { Deps } from '../../deps.ts'
import type { Keyring } from '../../keyring.ts'
import * as store from './artifact-store.ts'

/** What is kept of a code, a token, a session or an interaction; the members are those of the library. */
export interface ArtifactPayload {
  exp?: number
  iat?: number
  jti?: string
  accountId?: string
  clientId?: string
  grantId?: string
  scope?: string
  aud?: string | string[]
  jkt?: string
  rar?: unknown
  consumed?: unknown
  [member: string]: unknown
}

/** The authorisation server's memory: what holders send is kept as fingerprints, all else sealed. */
export interface Artifacts {
  save(model: string, id: string, payload: ArtifactPayload, seconds: number): Promise<void>
  find(
    models: readonly string[],
    by: 'id' | 'uid' | 'user_code',
    value: string,
  ): Promise<ArtifactPayload | undefined>
  /** False when it was used before: of two nodes one uses it. */
  consume(model: string, id: string): Promise<boolean>
  delete(model: string, id: string): Promise<void>
  deleteOfGrant(grant: string): Promise<void>
  /** True the first time that this id of this issuer is seen, until `seconds` are over. */
  claimOnce(issuer: string, id: string, seconds: number): Promise<boolean>
  /** Remembers a token that was given out for a trial: to see whether it is given away. */
  keepTrialToken(trial: string, token: string, seconds: number): Promise<void>
  listTrialTokens(trial: string): Promise<string[]>
  /** Refuses the tokens of a trial from now on. */
  deleteTrialTokens(trial: string): Promise<void>
  deleteOver(): Promise<void>
}

const purpose = 'oauth-artifact'

export function openArtifacts({ pools, keyring }: Pick<Deps, 'pools' | 'keyring'>): Artifacts {
  const db = new Kysely<store.ArtifactDatabase>({ dialect: new PostgresDialect({ pool: pools.auth }) })
  const print = (value: string) => keyring.fingerprint(purpose, value)
  const printOf = (value: unknown) => (typeof value === 'string' ? print(value) : null)
  return {
    save: (model, id, payload, seconds) =>
      store.saveArtifact(db, {
        model,
        id: print(id),
        sealed: keyring.seal(purpose, Buffer.from(JSON.stringify([model, payload]))),
        grantId: printOf(payload.grantId),
        uid: printOf(payload['uid']),
        userCode: printOf(payload['userCode']),
        expiresAt: seconds ? new Date(Date.now() + seconds * 1_000) : null,
      }),
    find: async (models, by, value) => {
      const row = await store.findArtifact(db, models, by, print(value))
      return row && openPayload(keyring, row)
    },
    consume: (model, id) => store.consumeArtifact(db, model, print(id)),
    delete: (model, id) => store.deleteArtifact(db, model, print(id)),
    deleteOfGrant: (grant) => store.deleteArtifactsOfGrant(db, print(grant)),
    claimOnce: (issuer, id, seconds) =>
      store.claimOnce(db, print(`${issuer}\n${id}`), new Date(Date.now() + seconds * 1_000)),
    keepTrialToken: (trial, token, seconds) =>
      store.saveTrialToken(db, {
        token: print(token),
        trial: print(trial),
        sealed: keyring.seal(purpose, Buffer.from(token)),
        expiresAt: new Date(Date.now() + seconds * 1_000),
      }),
    listTrialTokens: async (trial) =>
      (await store.listTrialTokens(db, print(trial))).map((sealed) =>
        keyring.open(purpose, sealed).toString(),
      ),
    deleteTrialTokens: (trial) => store.deleteTrialTokens(db, print(trial)),
    deleteOver: () => store.deleteOver(db),
  }
}

function openPayload(keyring: Keyring, row: store.ArtifactRow): ArtifactPayload | undefined {
  const text = keyring.open(purpose, row.payload_sealed).toString()
  const [model, payload] = JSON.parse(text) as [string, ArtifactPayload]
  if (model !== row.model) return undefined
  return row.consumed_at ? { ...payload, consumed: true } : payload
}
