import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('normalising what grows ends for want of memory', async () => {
  await expectEnding(
    sandbox,
    `const kept = []
for (;;) kept.push('\\ufdfa'.repeat(1e6).normalize('NFKD'))`,
    ['out-of-memory'],
    { memoryMib: 32 },
  )
})
