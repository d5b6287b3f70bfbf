import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import { Policy, PolicyChange, PolicyId, Trial } from './schemas.ts'
import * as service from './service.ts'

const tags = ['policies']
const params = z.object({ policy: PolicyId })

const list = createRoute({
  operationId: 'listPolicies',
  tags,
  method: 'get',
  path: '/policies',
  summary: 'What happens to proposals: the base policy and the rules',
  responses: { 200: ok(listOf(Policy)), ...mayFail() },
})
const put = createRoute({
  operationId: 'putPolicy',
  tags,
  method: 'put',
  path: '/policies/{policy}',
  summary: 'Make a policy or change it',
  request: { params, body: json(PolicyChange) },
  responses: { 200: ok(Policy), ...mayFail('forbidden', 'policy-invalid') },
})
const remove = createRoute({
  operationId: 'deletePolicy',
  tags,
  method: 'delete',
  path: '/policies/{policy}',
  summary: 'Remove a rule, or put the base policy back',
  request: { params },
  responses: { 204: { description: 'Removed' }, ...mayFail('forbidden', 'not-found') },
})
const tryOut = createRoute({
  operationId: 'tryPolicy',
  tags,
  method: 'post',
  path: '/policies/{policy}/try',
  summary: 'What a policy would have done with past proposals; changes nothing',
  request: { params, body: json(PolicyChange) },
  responses: { 200: ok(Trial), ...mayFail() },
})

export const policyRoutes = newRouter()
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    return c.json({ items: await c.var.transact(service.listPolicies), next: null }, 200)
  })
  .openapi(put, async (c) => {
    requireScope(c.var.actor, 'policies:write')
    return c.json(
      await c.var.transact((unit) =>
        service.putPolicy(unit, c.req.valid('param').policy, c.req.valid('json')),
      ),
      200,
    )
  })
  .openapi(remove, async (c) => {
    requireScope(c.var.actor, 'policies:write')
    await c.var.transact((unit) => service.deletePolicy(unit, c.req.valid('param').policy))
    return c.body(null, 204)
  })
  .openapi(tryOut, async (c) => {
    requireScope(c.var.actor, 'actions:read')
    return c.json(
      await c.var.transact((unit) =>
        service.tryPolicy(unit, c.req.valid('param').policy, c.req.valid('json')),
      ),
      200,
    )
  })
