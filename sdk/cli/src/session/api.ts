import { createClient, type BizqClient } from '@bizq/client'
import { CommandError, exitCodes } from '../command-error.ts'
import { keepCredentials, readCredentials, type Credentials } from './credentials.ts'
import { currentPlatform, isLocal } from './platform.ts'

const renewBeforeMs = 60_000

export interface Session {
  platform: string
  api: BizqClient
  /** Asks the platform for what the API's document does not say, as who is signed in. */
  fetch: typeof fetch
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The sign-in, renewed where it ends. Rejects with a CommandError (exit code 3). */
async function credentialsFor(platform: string): Promise<Credentials> {
  const kept = (await readCredentials()).platforms[platform]
  if (!kept) {
    throw new CommandError(`You are not signed in to ${platform}. Run bizq login, or set BIZQ_TOKEN.`, {
      exitCode: exitCodes.signIn,
      code: 'not-signed-in',
    })
  }
  if (kept.expiresAt - renewBeforeMs > Date.now()) return kept
  const { refresh } = await import('./oauth.ts')
  const renewed = await refresh(platform, kept)
  await keepCredentials(platform, renewed)
  return renewed
}

/** With the token of `BIZQ_TOKEN`, for machines, or with that of the sign-in and a proof of its key. */
async function fetchFor(platform: string): Promise<typeof fetch> {
  const given = process.env['BIZQ_TOKEN']
  if (!given) {
    const { accessToken, key } = await credentialsFor(platform)
    const { boundFetch, openKey } = await import('./dpop.ts')
    return boundFetch(accessToken, await openKey(key), isLocal(platform))
  }
  return (input, init) => {
    const request = new Request(input, init)
    request.headers.set('authorization', `Bearer ${given}`)
    return fetch(request)
  }
}

/** The platform as who is signed in. Rejects with a CommandError (exit code 3). */
export async function openSession(named: string | undefined): Promise<Session> {
  const platform = await currentPlatform(named)
  const own = await fetchFor(platform)
  const headers = { accept: 'application/json' }
  return { platform, fetch: own, api: createClient({ baseUrl: `${platform}/v1`, headers, fetch: own }) }
}

/** What a refusal of the platform says, as an error of the command. */
export function refusalOf(status: number, problem: unknown): CommandError {
  const { title, detail, code, errors, requestId } = (problem ?? {}) as {
    title?: string
    detail?: string
    code?: string
    errors?: { pointer: string; detail: string }[]
    requestId?: string
  }
  if (status === 401) {
    return new CommandError('The platform does not take your sign-in. Run bizq login.', {
      exitCode: exitCodes.signIn,
      code: code ?? 'unauthenticated',
    })
  }
  const lines = [
    `The platform refused: ${detail ?? title ?? `status ${status}`}`,
    ...(errors ?? []).map((each) => `  ${each.pointer}: ${each.detail}`),
    ...(status >= 500 && requestId ? [`Tell its support the request: ${requestId}`] : []),
  ]
  return new CommandError(lines.join('\n'), { code: code ?? `status-${status}` })
}

/** What an operation answered. Throws a CommandError for a refusal, or when the platform cannot be reached. */
export async function answerOf<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    throw new CommandError(
      `The platform cannot be reached: ${((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message}`,
      { code: 'unreachable', cause },
    )
  })
  if (response.ok && data !== undefined) return data
  throw refusalOf(response.status, error)
}
