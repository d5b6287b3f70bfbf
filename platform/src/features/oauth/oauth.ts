import type { IncomingMessage, ServerResponse } from 'node:http'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Actor } from '../../db/unit-of-work.ts'
import { systemActor, withUnitOfWork, type UnitSource } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { authenticateAccess, type AccessRequest } from './access.ts'
import { openArtifacts } from './artifacts.ts'
import type { Provider } from './authorisation-server.ts'
import { revokeConsent } from './service.ts'
import * as store from './store.ts'

/** The authorisation server of the installation (OAuth 2.0), and what the API asks of its tokens. */
export interface OAuth {
  /** Who an access token acts as. Throws a ProblemError. */
  authenticate(request: AccessRequest): Promise<Actor>
  /** The library's server, with the signing keys of now. Opened when first asked for. */
  provider(): Promise<Provider>
  /** Answers a request below /oauth; `path` is what the library sees of it. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>
  /** The tokens of a trial (UUID): which were given out, and how they are refused. */
  listTrialTokens(trial: string): Promise<string[]>
  revokeTrialTokens(trial: string): Promise<void>
  /** Forgets what is over. */
  forgetOver(): Promise<void>
}

type Ground = Pick<Deps, 'auth' | 'config' | 'db' | 'directory' | 'keyring' | 'log' | 'pools' | 'signer'> &
  Pick<UnitSource, 'boss' | 'listeners'>

const freshMs = 60_000

export function openOAuth(ground: Ground): OAuth {
  const artifacts = openArtifacts(ground)
  let opened: { provider: Provider; kid: string | undefined; until: number } | undefined
  let opening: Promise<Provider> | undefined

  const open = async (): Promise<Provider> => {
    const keys = await ground.signer.privateKeys()
    const kid = keys[0]?.kid
    if (opened && opened.kid === kid) {
      opened.until = Date.now() + freshMs
      return opened.provider
    }
    const { openProvider } = await import('./authorisation-server.ts')
    const provider = openProvider({ ...ground, artifacts }, keys)
    provider.on('grant.revoked', (_ctx: unknown, id: string) => void followRevocation(ground, id))
    opened = { provider, kid, until: Date.now() + freshMs }
    return provider
  }

  const provider = (): Promise<Provider> => {
    if (opened && opened.until > Date.now()) return Promise.resolve(opened.provider)
    opening ??= open().finally(() => (opening = undefined))
    return opening
  }

  return {
    authenticate: (request) => authenticateAccess(ground, artifacts, request),
    provider,
    handle: async (request, response, path) => {
      speakAs(ground.config.publicUrl, request, path)
      await (await provider()).callback()(request, response)
    },
    listTrialTokens: (trial) => artifacts.listTrialTokens(trial),
    revokeTrialTokens: (trial) => artifacts.deleteTrialTokens(trial),
    forgetOver: () => artifacts.deleteOver(),
  }
}

/** The library builds its addresses from the request: it is given those that the installation goes by. */
function speakAs(publicUrl: string, request: IncomingMessage, path: string): void {
  const { host, protocol } = new URL(publicUrl)
  request.headers.host = host
  request.headers['x-forwarded-host'] = host
  request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
  ;(request as IncomingMessage & { originalUrl?: string }).originalUrl = `/oauth${path}`
  request.url = path
}

/** Tokens that were revoked as a whole take the consent with them. */
async function followRevocation(ground: Ground, grant: string): Promise<void> {
  try {
    const consent = await store.findConsent(ground.directory, grant)
    if (!consent) return
    await withUnitOfWork(ground, systemActor(consent.organisation_id, consent.kind), (unit) =>
      revokeConsent(unit, encodeId(idPrefixes.consent, grant)),
    )
  } catch (error) {
    ground.log.error({ err: error }, 'a revoked consent could not be written down; its tokens are gone')
  }
}

/** The id of a person as the library knows them. */
export const accountOf = (user: string): string => encodeId(idPrefixes.user, user)
