import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import {
  Admission,
  InvitationCode,
  MadeServiceInvitation,
  NewServiceInvitation,
  ServiceInvitation,
  ServiceInvitationId,
} from './invitation-schemas.ts'
import * as invitations from './invitations.ts'
import { ServiceRef } from './schemas.ts'

const tags = ['releases']
const params = z.object({ service: ServiceRef })

const invite = createRoute({
  operationId: 'inviteOperator',
  tags,
  method: 'post',
  path: '/provider/services/{service}/invitations',
  summary: 'Make a code with which operators see a service that not everybody sees, or test its releases',
  request: { params, body: json(NewServiceInvitation) },
  responses: {
    201: ok(MadeServiceInvitation),
    ...mayFail('forbidden', 'not-found', 'invalid-request', 'no-room'),
  },
})
const list = createRoute({
  operationId: 'listServiceInvitations',
  tags,
  method: 'get',
  path: '/provider/services/{service}/invitations',
  summary: 'The codes of a service, newest first: how often each was used, never by whom',
  request: { params },
  responses: { 200: ok(listOf(ServiceInvitation)), ...mayFail('forbidden', 'not-found') },
})
const revoke = createRoute({
  operationId: 'revokeServiceInvitation',
  tags,
  method: 'delete',
  path: '/provider/services/{service}/invitations/{invitation}',
  summary: 'Take a code back: whom it let in is let in no longer, and staged releases run for them no more',
  request: { params: z.object({ service: ServiceRef, invitation: ServiceInvitationId }) },
  responses: { 200: ok(ServiceInvitation), ...mayFail('forbidden', 'not-found') },
})
const accept = createRoute({
  operationId: 'acceptServiceInvitation',
  tags: ['catalogue'],
  method: 'post',
  path: '/service-invitations/accept',
  summary: 'Use the code of a provider: your organisation may see its service from now on',
  request: { body: json(InvitationCode) },
  responses: { 200: ok(Admission), ...mayFail('forbidden', 'not-found') },
})

export const invitationRoutes = newRouter()
  .openapi(invite, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => invitations.inviteOperator(unit, service, c.req.valid('json'))),
      201,
    )
  })
  .openapi(list, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service } = c.req.valid('param')
    const items = await c.var.transact((unit) => invitations.listInvitations(unit, service))
    return c.json({ items, next: null }, 200)
  })
  .openapi(revoke, async (c) => {
    requireScope(c.var.actor, 'releases:write')
    const { service, invitation } = c.req.valid('param')
    return c.json(
      await c.var.transact((unit) => invitations.revokeInvitation(unit, service, invitation)),
      200,
    )
  })
  .openapi(accept, async (c) => {
    requireScope(c.var.actor, 'subscriptions:write')
    const { code } = c.req.valid('json')
    return c.json(await c.var.transact((unit) => invitations.acceptInvitation(unit, c.var.deps, code)), 200)
  })
