import { afterAll, expect, test } from 'vitest'
import { createSandboxOn } from '../../src/sandbox.ts'
import { expectEnding, findNoFences, requestOf } from '../harness.ts'

const sandbox = createSandboxOn(findNoFences)
afterAll(() => sandbox.close())

test('where the machine offers nothing, executions run and hostile ones end', async () => {
  expect(await sandbox.run(requestOf(`return '1'`))).toMatchObject({ outcome: 'succeeded', output: '1' })
  await expectEnding(sandbox, 'for (;;);', ['timed-out'])
  await expectEnding(
    sandbox,
    'const all = []; for (;;) all.push(all.length)',
    ['out-of-memory', 'crashed'],
    {},
  )
})

test('and it says what is missing', () => {
  expect(sandbox.stats().fences).toEqual({
    ownUid: false,
    namespace: 'none',
    diesWithParent: false,
    cgroup: 'none',
  })
})
