import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a promise that never settles is reported as timed out', async () => {
  await expectEnding(sandbox, 'await new Promise(() => {})', ['timed-out'])
})
