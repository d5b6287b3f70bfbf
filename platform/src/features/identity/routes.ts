import { createRoute, z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { actAs, identify, requireSignedIn } from '../../http/authenticate.ts'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import {
  Invitation,
  MadeToken,
  Me,
  Member,
  NewInvitation,
  NewOrganisation,
  NewToken,
  Organisation,
  RoleName,
  Token,
} from './schemas.ts'
import * as members from './members.ts'
import * as service from './service.ts'
import * as tokens from './tokens.ts'

const tags = ['people']
const memberParams = z.object({ member: idSchema(idPrefixes.member) })

const me = createRoute({
  operationId: 'getMe',
  tags,
  method: 'get',
  path: '/me',
  summary: 'Who you are, where you belong and what you may',
  responses: { 200: ok(Me), ...mayFail() },
})
const createOrganisation = createRoute({
  operationId: 'createOrganisation',
  tags,
  method: 'post',
  path: '/organisations',
  summary: 'Make an organisation; you are its owner',
  request: { body: json(NewOrganisation) },
  responses: { 201: ok(Organisation), ...mayFail('no-room') },
})
const acceptInvitation = createRoute({
  operationId: 'acceptInvitation',
  tags,
  method: 'post',
  path: '/invitations/accept',
  summary: 'Join the organisation that invited you',
  request: { body: json(z.object({ secret: z.string().min(20).max(100) })) },
  responses: { 200: ok(Organisation), ...mayFail('not-found') },
})

/** What a signed-in person may do before they belong anywhere. */
export const openIdentityRoutes = newRouter()
  .openapi(me, async (c) => {
    const { signedIn, actor } = await identify(c)
    return c.json(await service.getMe(c.var.deps, signedIn, actor), 200)
  })
  .openapi(createOrganisation, async (c) => {
    const signedIn = await requireSignedIn(c)
    const body = c.req.valid('json')
    actAs(c, service.founderOf(signedIn, body.kind, c.req.header('idempotency-key')))
    return c.json(
      await c.var.transact((unit) => service.createOrganisation(unit, c.var.deps, signedIn, body)),
      201,
    )
  })
  .openapi(acceptInvitation, async (c) => {
    const signedIn = await requireSignedIn(c)
    const { secret } = c.req.valid('json')
    const { actor, invitation } = await members.findInvited(c.var.deps, signedIn, secret)
    actAs(c, actor)
    return c.json(await c.var.transact((unit) => members.acceptInvitation(unit, signedIn, invitation)), 200)
  })

const listMembers = createRoute({
  operationId: 'listMembers',
  tags,
  method: 'get',
  path: '/members',
  summary: 'The people of your organisation',
  responses: { 200: ok(listOf(Member)), ...mayFail() },
})
const changeRole = createRoute({
  operationId: 'changeRole',
  tags,
  method: 'put',
  path: '/members/{member}/role',
  summary: 'Give a member another role',
  request: { params: memberParams, body: json(z.object({ role: RoleName })) },
  responses: { 200: ok(Member), ...mayFail('not-found', 'forbidden', 'conflict') },
})
const removeMember = createRoute({
  operationId: 'removeMember',
  tags,
  method: 'delete',
  path: '/members/{member}',
  summary: 'Remove a member',
  request: { params: memberParams },
  responses: { 204: { description: 'Removed' }, ...mayFail('not-found', 'forbidden', 'conflict') },
})
const invite = createRoute({
  operationId: 'inviteMember',
  tags,
  method: 'post',
  path: '/invitations',
  summary: 'Invite somebody; the secret is shown once',
  request: { body: json(z.object({ email: z.email().max(320), role: RoleName })) },
  responses: { 201: ok(NewInvitation), ...mayFail('forbidden', 'no-room') },
})
const listInvitations = createRoute({
  operationId: 'listInvitations',
  tags,
  method: 'get',
  path: '/invitations',
  summary: 'Invitations that are open',
  responses: { 200: ok(listOf(Invitation)), ...mayFail() },
})
const withdrawInvitation = createRoute({
  operationId: 'withdrawInvitation',
  tags,
  method: 'delete',
  path: '/invitations/{invitation}',
  summary: 'Take an open invitation back; nobody can join by it any more',
  request: { params: z.object({ invitation: idSchema(idPrefixes.invitation) }) },
  responses: { 204: { description: 'Withdrawn' }, ...mayFail('not-found', 'forbidden') },
})
const createToken = createRoute({
  operationId: 'createToken',
  tags,
  method: 'post',
  path: '/tokens',
  summary: 'Make an API token; its secret is shown once',
  request: { body: json(NewToken) },
  responses: { 201: ok(MadeToken), ...mayFail('forbidden', 'no-room') },
})
const listTokens = createRoute({
  operationId: 'listTokens',
  tags,
  method: 'get',
  path: '/tokens',
  summary: 'The API tokens of your organisation',
  responses: { 200: ok(listOf(Token)), ...mayFail() },
})
const revokeToken = createRoute({
  operationId: 'revokeToken',
  tags,
  method: 'delete',
  path: '/tokens/{token}',
  summary: 'Revoke an API token',
  request: { params: z.object({ token: idSchema(idPrefixes.token) }) },
  responses: { 204: { description: 'Revoked' }, ...mayFail('not-found', 'forbidden') },
})

const stopEverything = createRoute({
  operationId: 'stopEverything',
  tags,
  method: 'post',
  path: '/stop',
  summary: 'Stop everything: executions, automatic actions and granted reads',
  responses: { 200: ok(Organisation), ...mayFail('forbidden') },
})
const resumeEverything = createRoute({
  operationId: 'resumeEverything',
  tags,
  method: 'delete',
  path: '/stop',
  summary: 'Take the stop back',
  responses: { 200: ok(Organisation), ...mayFail('forbidden') },
})

const withoutSecret = <T extends { secret: string | null }>(made: T): T => ({ ...made, secret: null })

export const identityRoutes = newRouter()
  .openapi(listMembers, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json({ items: await c.var.transact(members.listMembers), next: null }, 200)
  })
  .openapi(changeRole, async (c) => {
    requireScope(c.var.actor, '*')
    const { role } = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => members.changeRole(unit, c.req.valid('param').member, role)),
      200,
    )
  })
  .openapi(removeMember, async (c) => {
    requireScope(c.var.actor, '*')
    await c.var.transact((unit) => members.removeMember(unit, c.req.valid('param').member))
    return c.body(null, 204)
  })
  .openapi(invite, async (c) => {
    requireScope(c.var.actor, '*')
    const { email, role } = c.req.valid('json')
    return c.json(
      await c.var.transact((unit) => members.invite(unit, email, role), { kept: withoutSecret }),
      201,
    )
  })
  .openapi(listInvitations, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json({ items: await c.var.transact(members.listInvitations), next: null }, 200)
  })
  .openapi(withdrawInvitation, async (c) => {
    requireScope(c.var.actor, '*')
    await c.var.transact((unit) => members.withdrawInvitation(unit, c.req.valid('param').invitation))
    return c.body(null, 204)
  })
  .openapi(createToken, async (c) =>
    c.json(
      await c.var.transact((unit) => tokens.createToken(unit, c.req.valid('json')), { kept: withoutSecret }),
      201,
    ),
  )
  .openapi(listTokens, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json({ items: await c.var.transact(tokens.listTokens), next: null }, 200)
  })
  .openapi(revokeToken, async (c) => {
    requireScope(c.var.actor, '*')
    await c.var.transact((unit) => tokens.revokeToken(unit, c.req.valid('param').token))
    return c.body(null, 204)
  })
  .openapi(stopEverything, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => service.setStopped(unit, true)), 200)
  })
  .openapi(resumeEverything, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => service.setStopped(unit, false)), 200)
  })
