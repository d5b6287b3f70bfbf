import { expect, test } from 'vitest'
import { openSandboxForTest, requestOf } from '../harness.ts'

const request = requestOf(`return '1'`)

test('under a personal-data grant a child is replaced when the organisation changes', async () => {
  const sandbox = openSandboxForTest({ maxProcesses: 1 })
  await sandbox.run({ ...request, organisation: 'first', personalData: true })
  await sandbox.run({ ...request, organisation: 'first', personalData: true })
  expect(sandbox.stats().started).toBe(1)
  await sandbox.run({ ...request, organisation: 'second', personalData: true })
  expect(sandbox.stats().started).toBe(2)
})

test('what has seen personal data never serves another, whatever that one may see', async () => {
  const sandbox = openSandboxForTest({ maxProcesses: 1 })
  await sandbox.run({ ...request, organisation: 'first', personalData: true })
  await sandbox.run({ ...request, organisation: 'second' })
  expect(sandbox.stats().started).toBe(2)
})

test('masked data alone does not cost a child', async () => {
  const sandbox = openSandboxForTest({ maxProcesses: 1 })
  await sandbox.run({ ...request, organisation: 'first' })
  await sandbox.run({ ...request, organisation: 'second' })
  await sandbox.run({ ...request, organisation: 'second', personalData: true })
  expect(sandbox.stats().started).toBe(1)
})
