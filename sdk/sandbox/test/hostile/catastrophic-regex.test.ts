import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a regular expression that backtracks for ever ends at the deadline', async () => {
  await expectEnding(sandbox, `/^(a+)+$/.test('a'.repeat(40) + 'b')`, ['timed-out'])
})
