import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allChecks, certify, type CheckResult } from '../src/index.ts'
import { badBundle, compileBundle, goodDocuments, type BadBundle } from './bad-bundle.ts'

const folder = join(import.meta.dirname, 'bundles')
const known = readdirSync(folder).toSorted()

let sandbox: Sandbox
beforeAll(() => {
  sandbox = createSandbox({ maxProcesses: 3 })
})
afterAll(() => sandbox.close())

const certified = async (bad: BadBundle) =>
  certify({
    ...compileBundle(bad),
    sandbox: bad.machine?.(sandbox) ?? sandbox,
    largestRows: bad.largestRows ?? 0,
  })

const failures = (results: readonly CheckResult[]) =>
  results.filter(({ outcome }) => outcome === 'failed').map(({ id, findings }) => ({ id, findings }))

test('every check has a bad bundle, and every bad bundle a check', () => {
  expect(known).toEqual(allChecks.map(({ id }) => id).toSorted())
})

test('the bundle that the bad ones are made of passes every check', async () => {
  const report = await certify({ ...compileBundle(badBundle({})), documents: goodDocuments, sandbox })
  expect(failures(report.results)).toEqual([])
  expect(report.verdict).toBe('passed')
})

describe.concurrent('a bad bundle fails its own check and no other', () => {
  test.each(known)('%s', async (id) => {
    const { default: bad } = (await import(join(folder, id, 'bundle.ts'))) as { default: BadBundle }
    const found = failures((await certified(bad)).results)
    expect(found.map((each) => each.id)).toEqual([id])
    expect(found[0]?.findings.every(({ detail }) => detail.length > 0)).toBe(true)
  })
})
