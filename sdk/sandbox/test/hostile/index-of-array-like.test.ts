import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('searching a length of 2^53 ends at the deadline', async () => {
  await expectEnding(sandbox, 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)', ['timed-out'])
})
