import { decodeId } from '@bizq/sdk/contract'
import { compactVerify, createLocalJWKSet, type JWK } from 'jose'
import { expect } from 'vitest'
import { answering, asAdmin, openOffice, throwing } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'

const worldly = answering(`{ metrics: {
  chance: Math.random(), time: Date.now(), zone: Temporal.Now.timeZoneId().length, rows: input.data.invoices.length,
} }`)

test('the receipt is signed by a published key and says what was run on what, also after the keys rotated', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: worldly })
  const execution = await office.run()
  await platform.deps.signer.rotate()
  const { jws } = (await operator.get(`/v1/executions/${execution.id}/receipt`)).body
  const keys = (await (await platform.app.request('/.well-known/jwks.json')).json()) as { keys: JWK[] }
  const find = createLocalJWKSet(keys)
  const { payload, protectedHeader } = await compactVerify(jws, find, { algorithms: ['EdDSA'] })
  expect(protectedHeader.typ).toBe('bizq-receipt')
  expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
    sub: execution.id,
    release: execution.release.digest,
    grant: office.grant,
    input: execution.input.digest,
    output: execution.output.digest,
    outcome: 'succeeded',
    timeZone: 'Europe/London',
  })
  const [header, body, signature] = jws.split('.')
  const forged = Buffer.from(body, 'base64url').toString().replace('succeeded', 'crashed')
  const forgery = [header, Buffer.from(forged).toString('base64url'), signature].join('.')
  await expect(compactVerify(forgery, find)).rejects.toThrow()
})

test('run again in a new process, the same input gives the same output, byte for byte', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: worldly })
  const { id, output } = await office.run()
  expect(output.metrics.rows).toBe(2)
  await office.add('customers', { name: 'Somebody new' })
  const replayed = await operator.post(`/v1/executions/${id}/replay`)
  expect(replayed.body).toEqual({ verdict: 'REPRODUCED', differences: [] })
  const failing = await openOffice(platform, operator, { body: throwing('TypeError') })
  const failed = await failing.run()
  expect((await operator.post(`/v1/executions/${failed.id}/replay`)).body.verdict).toBe('REPRODUCED')
})

test('one flipped bit of the kept input is found, wherever it is', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator, { body: worldly })
  const { id, input } = await office.run()
  const flip = (at: number) =>
    asAdmin(
      platform,
      `update bizq.execution_inputs set content = set_bit(content, $2, 1 - get_bit(content, $2)) where subscription_id = $1`,
      [decodeId('sub', office.subscription), at],
    )
  for (const bit of [0, 97, 130, 500]) {
    await flip(bit)
    const { body } = await operator.post(`/v1/executions/${id}/replay`)
    expect(body).toMatchObject({
      verdict: 'DIVERGED',
      differences: [{ pointer: '/input', expected: input.digest }],
    })
    await flip(bit)
  }
  expect((await operator.post(`/v1/executions/${id}/replay`)).body.verdict).toBe('REPRODUCED')
})

test('one flipped bit of the kept bundle is found by replay, and such a bundle is never run', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: worldly })
  const { id, release } = await office.run()
  await asAdmin(
    platform,
    `update bizq.bundles set content = set_bit(content, 75, 1 - get_bit(content, 75)) where organisation_id = $1`,
    [decodeId('org', office.provider.organisation)],
  )
  expect((await operator.post(`/v1/executions/${id}/replay`)).body).toMatchObject({
    verdict: 'DIVERGED',
    differences: [{ pointer: '/release', expected: release.digest }],
  })
  const next = await office.run()
  expect(next).toMatchObject({ outcome: 'crashed', output: null, log: '' })
  expect(next.reason).toContain('digest')
})

test('an output that was changed afterwards diverges, with the place', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator, { body: worldly })
  const { id } = await office.run()
  await asAdmin(
    platform,
    `update bizq.executions set output = replace(output, '"rows":2', '"rows":3') where id = $1`,
    [decodeId('exe', id)],
  )
  expect((await operator.post(`/v1/executions/${id}/replay`)).body).toEqual({
    verdict: 'DIVERGED',
    differences: [{ pointer: '/metrics/rows', expected: 3, actual: 2 }],
  })
})
