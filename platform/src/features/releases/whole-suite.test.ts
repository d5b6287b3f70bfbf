import { join } from 'node:path'
import { compileProvider } from '@bizq/cli/build'
import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { Manifest } from '@bizq/sdk/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleOf, manifestOf } from '../../../test/services.ts'
import { checkRelease, toChecks } from './checks.ts'

let sandbox: Sandbox
beforeAll(() => {
  sandbox = createSandbox({ maxProcesses: 2 })
})
afterAll(() => sandbox.close())

test('an example service passes the whole suite that a platform asks for in service', async () => {
  const folder = join(import.meta.dirname, '../../../../providers-examples/inventory-planner')
  const built = await compileProvider(folder, sandbox)
  const checks = toChecks(await checkRelease({ sandbox, releaseChecks: {} }, built))
  expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  const rules = checks.map(({ rule }) => rule)
  expect(rules.length).toBeGreaterThan(60)
  expect(rules).toEqual(
    expect.arrayContaining(['behaviour.many-rows', 'least-data.fields', 'money.target-shown']),
  )
}, 180_000)

test('what a service asks for and does not need is refused in words that say where and how to mend it', async () => {
  const manifest = Manifest.parse(manifestOf({ service: 'asks-for-much' }))
  const submitted = { manifest, bundle: bundleOf(manifest) }
  const checks = toChecks(await checkRelease({ sandbox, releaseChecks: {} }, submitted))
  const found = checks.find(({ rule }) => rule === 'least-data.datasets')
  expect(found).toMatchObject({ outcome: 'failed', mend: expect.stringContaining('supply a case') })
  expect(found?.detail).toContain('/data/invoices')
}, 180_000)
