import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a map that grows for ever ends for want of memory', async () => {
  await expectEnding(
    sandbox,
    'const map = new Map(); for (let i = 0; ; i++) map.set(i, i)',
    ['out-of-memory', 'crashed'],
    { memoryMib: 32 },
  )
})
