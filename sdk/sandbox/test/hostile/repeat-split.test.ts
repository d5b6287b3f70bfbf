import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('splitting an endless text ends for want of memory', async () => {
  await expectEnding(sandbox, `'x'.repeat(2 ** 28).split('')`, ['out-of-memory', 'crashed'], {
    memoryMib: 32,
  })
})
