import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('one huge array ends by memory or time', async () => {
  await expectEnding(
    sandbox,
    'const all = new Array(2 ** 28).fill(1.5); const more = []; more.length = 2 ** 32 - 1; more.fill(all)',
    ['out-of-memory', 'timed-out', 'crashed'],
    { memoryMib: 32, wallMs: 3_000 },
  )
})
