import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('writing out a giant number ends at the deadline', async () => {
  await expectEnding(sandbox, '(3n ** (2n ** 24n)).toString()', ['timed-out'])
})
