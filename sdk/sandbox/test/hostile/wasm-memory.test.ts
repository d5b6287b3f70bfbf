import { expect, test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('there is no WebAssembly whose memory could grow', async () => {
  const result = await expectEnding(sandbox, 'new WebAssembly.Memory({ initial: 32768 })', ['failed'])
  expect(result).toMatchObject({ error: { name: 'ReferenceError', message: 'WebAssembly is not defined' } })
})
