import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('an array that is pushed to for ever ends for want of memory', async () => {
  await expectEnding(sandbox, 'const all = []; for (;;) all.push(all.length)', ['out-of-memory', 'crashed'], {
    memoryMib: 32,
  })
})
