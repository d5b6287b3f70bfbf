import { expect, test } from 'vitest'
import { openSandbox, requestOf } from '../harness.ts'

const sandbox = openSandbox({ maxProcesses: 1 })
const one = requestOf(`return '"one"'`)
const two = requestOf(`return '"two"'`)

test('a child serves one release only', async () => {
  await sandbox.run(one)
  await sandbox.run(one)
  expect(sandbox.stats()).toMatchObject({ started: 1, recycled: 0 })
  expect(await sandbox.run(two)).toMatchObject({ output: '"two"' })
  expect(sandbox.stats()).toMatchObject({ started: 2, recycled: 1 })
  expect(await sandbox.run(one)).toMatchObject({ output: '"one"' })
  expect(sandbox.stats()).toMatchObject({ started: 3, recycled: 2 })
})

test('a digest that comes with another bundle gets another child', async () => {
  await sandbox.run(one)
  const { started } = sandbox.stats()
  expect(await sandbox.run({ ...two, release: one.release })).toMatchObject({ output: '"two"' })
  expect(sandbox.stats().started).toBe(started + 1)
})
