import { expect, test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a trap that loops ends at the deadline', async () => {
  await expectEnding(sandbox, 'Object.keys(new Proxy({}, { ownKeys() { for (;;); } }))', ['timed-out'])
})

test('a trap that loops in the answer itself ends at the deadline', async () => {
  const thenable = `return new Proxy({}, { get(target, key) { if (key === 'then') for (;;); } })`
  await expectEnding(sandbox, thenable, ['timed-out'])
})

test('a trap that loops in what is thrown ends at the deadline', async () => {
  await expectEnding(sandbox, `throw new Proxy({}, { get() { for (;;); } })`, ['timed-out'])
})

test('a proxy that is thrown and refuses to be read is a failure', async () => {
  const result = await expectEnding(sandbox, `throw new Proxy({}, { get() { throw this } })`, ['failed'])
  expect(result).toMatchObject({
    error: { name: 'Error', message: 'the error could not be read', stack: [] },
  })
})
