import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('concatenation for ever ends for want of memory', async () => {
  await expectEnding(
    sandbox,
    `const kept = []
for (let i = 0; ; i++) kept.push(('x'.repeat(1e6) + i).split('').join('y'))`,
    ['out-of-memory'],
    { memoryMib: 32 },
  )
})
