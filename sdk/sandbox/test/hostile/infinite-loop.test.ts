import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('an infinite loop ends at the deadline', async () => {
  await expectEnding(sandbox, 'for (;;);', ['timed-out'])
})
