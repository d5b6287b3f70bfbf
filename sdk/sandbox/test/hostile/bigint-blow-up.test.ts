import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a number squared for ever ends by time or memory', async () => {
  await expectEnding(sandbox, 'let number = 3n; for (;;) number *= number', [
    'timed-out',
    'out-of-memory',
    'crashed',
  ])
})
