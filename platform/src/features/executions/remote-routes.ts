import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, mayFail, newRouter, ok } from '../../http/router.ts'
import { ServiceRef } from '../releases/index.ts'
import { listSigningKeys, rotateSigningKeys, takeOutput } from './remote-output.ts'
import { ExecutionId, SigningKeys, TakenOutput } from './schemas.ts'

const tags = ['remote']
const ofService = z.object({ service: ServiceRef })

const output = createRoute({
  operationId: 'sendOutput',
  tags,
  method: 'post',
  path: '/executions/{execution}/output',
  summary: 'Hand in the output that a provider’s server promised with 202',
  description:
    'With the access token of the grant, within 15 minutes: an output as the contract says, or `{ problem }`.',
  request: {
    params: z.object({ execution: ExecutionId }),
    body: json(z.unknown().openapi({ type: 'object' })),
  },
  responses: { 200: ok(TakenOutput), ...mayFail('forbidden', 'not-found', 'no-open-execution') },
})
const keys = createRoute({
  operationId: 'listSigningKeys',
  tags,
  method: 'get',
  path: '/provider/services/{service}/signing-keys',
  summary: 'The keys that sign requests to the service’s own server',
  request: { params: ofService },
  responses: { 200: ok(SigningKeys), ...mayFail('forbidden', 'not-found') },
})
const rotate = createRoute({
  operationId: 'rotateSigningKeys',
  tags,
  method: 'post',
  path: '/provider/services/{service}/signing-keys',
  summary: 'Put new signing keys in place; those of before sign for a day longer',
  request: { params: ofService },
  responses: { 201: ok(SigningKeys), ...mayFail('forbidden', 'not-found') },
})

const withoutSecrets = (made: z.infer<typeof SigningKeys>): z.infer<typeof SigningKeys> => ({
  keys: made.keys.map((key) => ({ ...key, secret: null })),
})

export const remoteRoutes = newRouter()
  .openapi(output, async (c) => {
    requireScope(c.var.actor, 'grants:read')
    const body = JSON.stringify(c.req.valid('json'))
    const { execution } = c.req.valid('param')
    return c.json(await c.var.transact((unit) => takeOutput(unit, c.var.deps, execution, body)), 200)
  })
  .openapi(keys, async (c) => {
    requireScope(c.var.actor, '*')
    const { service } = c.req.valid('param')
    c.header('cache-control', 'no-store')
    return c.json(await c.var.transact((unit) => listSigningKeys(unit, c.var.deps, service)), 200)
  })
  .openapi(rotate, async (c) => {
    requireScope(c.var.actor, '*')
    const { service } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => rotateSigningKeys(unit, c.var.deps, service), { kept: withoutSecrets }),
      201,
    )
  })
