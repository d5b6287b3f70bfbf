import type { HttpBindings } from '@hono/node-server'
import { OpenAPIHono, z, type RouteConfig } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import type { Actor, UnitOfWork } from '../db/unit-of-work.ts'
import type { Deps } from '../deps.ts'
import { ProblemError, problems, type ProblemSlug } from '../problems.ts'

export interface AppEnv {
  Bindings: HttpBindings
  Variables: {
    deps: Deps
    log: Logger
    requestId: string
    /** Set by `authenticate`; throws `not-signed-in` when there is nobody. */
    actor: Actor
    /** One unit of work as the actor. On a POST with an Idempotency-Key the result is kept in the same transaction. */
    transact: <T>(work: (unit: UnitOfWork) => Promise<T>, options?: TransactOptions<T>) => Promise<T>
  }
}

export interface TransactOptions<T> {
  /** What a replay of the same key is answered with, when the result holds a secret. */
  kept?: (result: T) => T
  /** What tells this request from another under the same key, when its body was read already. */
  requestHash?: string
}

/** What the API document says of the key that every POST takes; `transact` reads it. */
export const IdempotencyHeader = z.object({
  'idempotency-key': z.string().optional().openapi({
    description:
      'A value of your own, 8 to 200 characters, the same on every retry of this request: it is carried out once, and answered alike. Needed where 400 idempotency-key-missing is among the answers.',
  }),
})

function withIdempotencyKey(route: RouteConfig): RouteConfig {
  return { ...route, request: { headers: IdempotencyHeader, ...route.request } }
}

/** A router whose validation errors are problems with JSON Pointers. */
export function newRouter() {
  const router = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return
      throw new ProblemError('invalid-request', {
        detail: `The ${result.target === 'json' || result.target === 'form' ? 'body' : result.target} is not right.`,
        errors: result.error.issues.map((issue) => ({
          pointer: `/${issue.path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
          detail: issue.message,
        })),
      })
    },
  })
  const { openapi } = router
  router.openapi = ((route: RouteConfig, ...rest: [never, never?]) =>
    openapi(route.method === 'post' ? withIdempotencyKey(route) : route, ...rest)) as typeof openapi
  return router
}
export type Router = ReturnType<typeof newRouter>

export const Problem = z
  .object({
    type: z.url(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    requestId: z.string(),
  })
  .catchall(z.unknown())
  .openapi('Problem')

/** A JSON body of a request. */
export function json<S extends z.ZodType>(schema: S) {
  return { content: { 'application/json': { schema } }, required: true }
}

/** A JSON answer. */
export function ok<S extends z.ZodType>(schema: S, description = 'Done') {
  return { description, content: { 'application/json': { schema } } }
}

/** A page of a list: `{ items, next }`. */
export function listOf<S extends z.ZodType>(schema: S) {
  return z.object({ items: z.array(schema), next: z.string().nullable() })
}

type ProblemResponses = Record<
  number,
  { description: string; content: { 'application/problem+json': { schema: typeof Problem } } }
>

/** The problems that an operation may answer with, besides those that every operation may. */
export function mayFail(...slugs: ProblemSlug[]): ProblemResponses {
  const all: ProblemSlug[] = ['not-signed-in', 'invalid-request', 'stopped', 'too-many-requests', ...slugs]
  const responses: ProblemResponses = {}
  for (const slug of all) {
    const [status, title] = problems[slug]
    const known = responses[status]?.description
    responses[status] = {
      description: known ? `${known}; ${slug}: ${title}` : `${slug}: ${title}`,
      content: { 'application/problem+json': { schema: Problem } },
    }
  }
  return responses
}
