import { expect, test } from 'vitest'
import { openSandbox, requestOf } from '../harness.ts'

const sandbox = openSandbox()
const errorOf = async (body: string) => {
  const result = await sandbox.run(requestOf(body))
  expect(result.outcome).toBe('failed')
  return (result as { error: object }).error
}

test('RetryLater and CannotServe come through with what they carry', async () => {
  const classes = `
    class RetryLater extends Error { name = 'RetryLater'; constructor(afterSeconds) { super('later'); this.afterSeconds = afterSeconds } }
    class CannotServe extends Error { constructor(reason) { super(reason); this.name = 'CannotServe'; this.reason = reason } }`
  expect(await errorOf(`${classes}\nthrow new RetryLater(90)`)).toMatchObject({
    name: 'RetryLater',
    data: { afterSeconds: 90 },
  })
  expect(await errorOf(`${classes}\nawait 0; throw new CannotServe('no invoices')`)).toMatchObject({
    name: 'CannotServe',
    message: 'no invoices',
    data: { reason: 'no invoices' },
  })
})

test.each([
  ['a text', `throw 'just words'`, { name: 'Error', message: 'just words' }],
  ['nothing', 'throw undefined', { name: 'Error', message: 'undefined' }],
  ['a function', 'throw () => 1', { name: 'Error', message: 'a function was thrown' }],
  ['a symbol', `throw Symbol('x')`, { name: 'Error', message: 'Symbol(x)' }],
  ['an object', 'throw {}', { name: 'Error', message: 'an object without a message was thrown' }],
  [
    'a name that is none',
    `throw Object.assign(new Error('m'), { name: 'a b<c>' })`,
    { name: 'Error', message: 'm' },
  ],
  [
    'no JSON text',
    'return { a: 1 }',
    { name: 'TypeError', message: 'run gave object where JSON text is due' },
  ],
])('whatever is thrown is reported: %s', async (_, body, expected) => {
  expect(await errorOf(body)).toMatchObject(expected)
})

test('nested and large fields do not come through', async () => {
  const error = await errorOf(
    `throw Object.assign(new Error('m'), { rows: [1], inner: { a: 1 }, text: 'x'.repeat(5000), ok: true })`,
  )
  expect(error).toMatchObject({ data: { text: 'x'.repeat(1_000), ok: true } })
  expect(error).not.toHaveProperty('data.rows')
  expect(error).not.toHaveProperty('data.inner')
})

test.each([
  ['syntax', 'export const run = (', 'SyntaxError', /Unexpected|missing|end of input/i],
  [
    'an import',
    `import fs from 'node:fs'\nexport const run = () => '1'`,
    'BundleRefused',
    /imports "node:fs"/,
  ],
  ['no run', 'export const other = 1', 'TypeError', /exports no function named run/],
  ['an error as it loads', `throw new RangeError('early')`, 'RangeError', /^early$/],
])('a bundle that cannot be used says why: %s', async (_, bundle, name, message) => {
  const result = await sandbox.run(requestOf('', { bundle, release: bundle }))
  expect(result).toMatchObject({
    outcome: 'failed',
    error: { name, message: expect.stringMatching(message) as string },
  })
})

test('a dynamic import has nothing to import', async () => {
  const result = await sandbox.run(requestOf(`return import('node:fs').then(() => '1', () => '"refused"')`))
  expect(result).toMatchObject({ outcome: 'succeeded', output: '"refused"' })
})
