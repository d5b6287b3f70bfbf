import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a loop after an await ends at the deadline', async () => {
  await expectEnding(sandbox, 'await 0; for (;;);', ['timed-out'])
})
