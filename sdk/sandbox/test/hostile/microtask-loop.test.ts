import { test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test('a loop of microtasks ends at the deadline', async () => {
  await expectEnding(sandbox, 'const again = () => void Promise.resolve().then(again); again()', [
    'timed-out',
  ])
})
