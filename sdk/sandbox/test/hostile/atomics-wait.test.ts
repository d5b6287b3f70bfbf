import { expect, test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('there is nothing to wait on', async () => {
  const body = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
  const result = await expectEnding(sandbox, body, ['failed'])
  expect(result).toMatchObject({ error: { name: 'ReferenceError', message: 'Atomics is not defined' } })
})
