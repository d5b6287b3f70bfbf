import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ProblemError, problems, type ProblemSlug } from '../problems.ts'
import type { AppEnv } from './router.ts'

const slugOfStatus: Record<number, ProblemSlug> = {
  401: 'not-signed-in',
  403: 'forbidden',
  404: 'not-found',
  413: 'too-large',
  429: 'too-many-requests',
}

/** Every error as application/problem+json. What is not a refusal is logged whole and told as an internal error with its request id. */
export function problemResponse(error: Error, c: Context<AppEnv>): Response {
  const problem = toProblem(error)
  const log = c.get('log')
  if (problem.status >= 500) log?.error({ err: error, requestId: c.get('requestId') }, 'request failed')
  const { detail, errors, extra } = problem.details
  return c.body(
    JSON.stringify({
      type: `https://bizq.dev/problems/${problem.slug}`,
      title: problems[problem.slug][1],
      status: problem.status,
      ...(detail === undefined ? {} : { detail }),
      ...(errors === undefined ? {} : { errors }),
      ...extra,
      requestId: c.get('requestId'),
    }),
    problem.status as ContentfulStatusCode,
    { 'content-type': 'application/problem+json' },
  )
}

/** What Postgres says of a text with U+0000 (SQLSTATE): it can hold every other character. */
const unkept: ReadonlySet<unknown> = new Set(['22021', '22P05'])

function toProblem(error: Error): ProblemError {
  if (error instanceof ProblemError) return error
  if (unkept.has((error as { code?: unknown }).code))
    return new ProblemError('invalid-request', {
      detail: 'A text holds the character U+0000, which cannot be kept. Leave it out.',
    })
  if (error instanceof RangeError && error.message === 'Maximum call stack size exceeded')
    return new ProblemError('invalid-request', { detail: 'It is nested too deeply to be walked through.' })
  if (error instanceof HTTPException) {
    const slug = slugOfStatus[error.status] ?? (error.status < 500 ? 'invalid-request' : 'internal-error')
    return new ProblemError(slug, error.status < 500 && error.message ? { detail: error.message } : {})
  }
  return new ProblemError('internal-error', {
    detail: 'It was logged under the request id. Nothing half-done was kept.',
  })
}

const authSlugs: Record<number, ProblemSlug> = {
  ...slugOfStatus,
  401: 'wrong-credentials',
  415: 'unsupported-media-type',
}

/** Refusals of the library that signs people in, as problems; its own word for what is wrong stays as `code`. */
export async function problemOfAuth(response: Response, c: Context<AppEnv>): Promise<Response> {
  if (response.status < 400) return response
  const said = (await response.json().catch(() => ({}))) as { message?: unknown; code?: unknown }
  const slug = authSlugs[response.status] ?? (response.status < 500 ? 'invalid-request' : 'internal-error')
  const problem = new ProblemError(slug, {
    ...(typeof said.message === 'string' && slug !== 'wrong-credentials' ? { detail: said.message } : {}),
    ...(typeof said.code === 'string' ? { extra: { code: said.code } } : {}),
  })
  return problemResponse(problem, c)
}
