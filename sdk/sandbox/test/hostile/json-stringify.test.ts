import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a JSON text beyond memory ends for want of memory', async () => {
  await expectEnding(
    sandbox,
    `const parts = []
const kept = []
for (let i = 0; i < 1e3; i++) parts.push('x'.repeat(1e5))
for (;;) kept.push(JSON.stringify(parts))`,
    ['out-of-memory'],
    { memoryMib: 32 },
  )
})
