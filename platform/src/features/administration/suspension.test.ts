import * as oauth from 'oauth4webapi'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import {
  callWith,
  discover,
  optionsAt,
  register,
  serveNode,
  tokenForGrant,
  type Node,
} from '../../../test/oauth.ts'
import { platformPerson, type Person } from '../../../test/people.ts'
import { leadTo, listen, openRemoteOffice } from '../../../test/remote.ts'

const test = base.extend<{ node: Node; admin: Person }>({
  node: [
    async ({ platform }: { platform: Platform }, use: (node: Node) => Promise<void>) => {
      const node = await serveNode(platform)
      await use(node)
      await node.close()
    },
    { scope: 'file' },
  ] as never,
  admin: [
    async ({ platform }: { platform: Platform }, use: (admin: Person) => Promise<void>) =>
      use(await platformPerson(platform, 'owner')),
    { scope: 'file' },
  ] as never,
})

const why = { code: 'security', words: 'It sends what it reads to somebody else.' }

test('from the moment of a suspension on, tokens of the service read nothing, hand nothing in, are told inactive, and no new one is given', async ({
  platform,
  operator,
  admin,
  node,
}) => {
  const server = await listen((_request, response) => response.writeHead(202).end())
  leadTo(platform, server.url)
  const office = await openRemoteOffice(platform, operator)
  const service = await register(office.provider)
  const held = await tokenForGrant(node, service, office.grant)
  const running = await office.run()
  expect(running.state).toBe('running')
  const problemOf = async (method: string, path: string, body?: unknown) => {
    const answer = (await (await callWith(node, held, method, path, body)).json()) as { type?: string }
    return answer.type?.split('/').at(-1)
  }
  const read = () => problemOf('GET', `/v1/grants/${office.grant}/data/invoices?execution=${running.id}`)
  const output = { proposals: [], recommendations: [], metrics: {}, state: null }
  const handIn = () => problemOf('POST', `/v1/executions/${running.id}/output`, output)
  const introspect = async () =>
    oauth.processIntrospectionResponse(
      await discover(node),
      service.client,
      await oauth.introspectionRequest(
        await discover(node),
        service.client,
        service.authentication,
        held.token,
        optionsAt(node),
      ),
    )
  expect(await read()).toBeUndefined()
  expect((await introspect()).active).toBe(true)

  const { id } = (await operator.get(`/v1/services/${office.published.service}`)).body
  const act = (kind: string) => admin.post(`/v1/admin/services/${id}/acts`, { kind, ...why })
  expect((await act('suspend')).status).toBe(201)
  expect(await read()).toBe('grant-not-active')
  expect(await handIn()).toBe('grant-not-active')
  expect(await introspect()).toEqual({ active: false })
  await expect(tokenForGrant(node, service, office.grant)).rejects.toMatchObject({
    error: 'invalid_authorization_details',
  })

  await office.passTime()
  expect(await office.run()).toMatchObject({ id: running.id, state: 'cancelled' })
  await act('restore')
  expect((await introspect()).active).toBe(true)
  expect(await read()).toBe('no-open-execution')
  await server.close()
})

test('what is running when the service is suspended ends without anything having come of it', async ({
  platform,
  operator,
  admin,
}) => {
  let whileItRuns = async (): Promise<unknown> => undefined
  const answer = { proposals: [], recommendations: [], metrics: {}, state: null }
  const server = await listen((_request, response) => {
    void whileItRuns().then(() =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
    )
  })
  leadTo(platform, server.url)
  const office = await openRemoteOffice(platform, operator)
  expect((await office.run()).state).toBe('succeeded')
  const { id } = (await operator.get(`/v1/services/${office.published.service}`)).body
  whileItRuns = () => admin.post(`/v1/admin/services/${id}/acts`, { kind: 'suspend', ...why })
  expect(await office.run()).toMatchObject({
    state: 'cancelled',
    reason: `The release is suspended: ${why.words}`,
    output: null,
  })
  await server.close()
})

test('a provider that the platform stopped has no client any more, and gets it back', async ({
  platform,
  operator,
  admin,
  node,
}) => {
  const server = await listen((_request, response) => response.writeHead(202).end())
  leadTo(platform, server.url)
  const office = await openRemoteOffice(platform, operator)
  const service = await register(office.provider)
  const held = await tokenForGrant(node, service, office.grant)
  const statusOf = async () =>
    (await callWith(node, held, 'GET', `/v1/grants/${office.grant}/data/invoices`)).status
  expect(await statusOf()).toBe(403)
  const act = (kind: string) =>
    admin.post(`/v1/admin/organisations/${office.provider.organisation}/acts`, { kind, ...why })
  await act('stop')
  expect(await statusOf()).toBe(401)
  await act('resume')
  expect(await statusOf()).toBe(403)
  await server.close()
})
