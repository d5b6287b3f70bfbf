import { createRoute, z } from '@hono/zod-openapi'
import { DatasetName, encodeId, idPrefixes, idSchema } from '@bizq/sdk/contract'
import type { Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireScope } from '../../http/authorise.ts'
import { PageQuery } from '../../http/pagination.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { ProblemError } from '../../problems.ts'
import { readGrantedData } from './read.ts'
import { GrantId } from './schemas.ts'

const Row = z.record(z.string(), z.json()).openapi({ type: 'object' })

const read = createRoute({
  operationId: 'readGrantedData',
  tags: ['subscriptions'],
  method: 'get',
  path: '/grants/{grant}/data/{dataset}',
  summary: 'Granted data, masked: exactly what the provider receives',
  request: {
    params: z.object({ grant: GrantId, dataset: DatasetName }),
    query: PageQuery.extend({
      execution: idSchema(idPrefixes.execution).optional().openapi({
        description: 'Reads the input of this execution as it was delivered, instead of the data of now.',
      }),
    }),
  },
  responses: {
    200: ok(listOf(Row)),
    ...mayFail(
      'forbidden',
      'not-found',
      'invalid-cursor',
      'grant-not-active',
      'stopped',
      'no-open-execution',
    ),
  },
})

/** Where the input of an execution is kept: the pages of what was delivered, as JSON text. */
export type ReadDelivered = (
  deps: Deps,
  actor: Actor,
  asked: { grant: string; execution: string; dataset: DatasetName },
  page: PageQuery,
) => Promise<string>

const nothingDelivered: ReadDelivered = async () => {
  throw new ProblemError('no-open-execution', { detail: 'No input of this execution is kept here.' })
}

/** A provider reads its own grant, and only what was delivered to an execution. */
function requireOwnExecution(own: string, asked: string, execution: string | undefined): void {
  if (encodeId(idPrefixes.grant, own) !== asked)
    throw new ProblemError('not-found', { detail: 'The token is for another grant.' })
  if (execution === undefined)
    throw new ProblemError('no-open-execution', {
      detail: 'Name the execution that you read for: ?execution=exe_….',
    })
}

/** The read of granted data. Who keeps the inputs of executions says how they are read. */
export function grantRoutes(readDelivered: ReadDelivered = nothingDelivered) {
  const router = newRouter()
  router.openapi(read, async (c) => {
    requireScope(c.var.actor, 'grants:read')
    if (!c.var.actor.grant) requireOrganisationKind(c.var.actor, 'operator')
    const { execution, ...page } = c.req.valid('query')
    const asked = c.req.valid('param')
    const { deps, actor } = c.var
    if (actor.grant) requireOwnExecution(actor.grant, asked.grant, execution)
    const text = execution
      ? await readDelivered(deps, actor, { ...asked, execution }, page)
      : await readGrantedData(deps, actor, asked, page)
    // The text goes out as the database wrote it: parsing it to have it typed would cost more than the read.
    return c.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' }) as never
  })
  return router
}
