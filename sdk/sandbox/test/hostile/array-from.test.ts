import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('an array made from a length ends for want of memory', async () => {
  await expectEnding(sandbox, 'Array.from({ length: 1e8 })', ['out-of-memory', 'crashed'], { memoryMib: 32 })
})
