import { expect, test } from 'vitest'
import { openSandboxForTest, requestOf } from '../harness.ts'

test('a child is replaced after its executions are used up', async () => {
  const sandbox = openSandboxForTest({ maxProcesses: 1, recycleAfter: 3 })
  const results = await Promise.all(Array.from({ length: 10 }, () => sandbox.run(requestOf(`return '1'`))))
  expect(results.every(({ outcome }) => outcome === 'succeeded')).toBe(true)
  expect(sandbox.stats()).toMatchObject({ started: 4, recycled: 3, lost: 0, executions: 10 })
})

test('a child that an execution left large is replaced before the next', async () => {
  const sandbox = openSandboxForTest({ maxProcesses: 1 })
  const rows = JSON.stringify('x'.repeat(30 * 1024 * 1024))
  const large = requestOf('return JSON.stringify(input.length)', { input: rows })
  expect(await sandbox.run(large)).toMatchObject({ outcome: 'succeeded' })
  expect(await sandbox.run({ ...large, input: '1' })).toMatchObject({ outcome: 'succeeded', output: '1' })
  expect(sandbox.stats().lost).toBe(0)
})
