import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a comparator that hoards ends for want of memory', async () => {
  await expectEnding(
    sandbox,
    `const kept = []
const numbers = Array.from({ length: 1e5 }, (_, i) => i)
for (;;) numbers.sort((a, b) => { kept.push(new Array(1e3).fill(a)); return b - a })`,
    ['out-of-memory'],
    { memoryMib: 32 },
  )
})
