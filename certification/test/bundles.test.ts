import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allChecks, certify, type CheckResult } from '../src/index.ts'
import { serveEndpoint, type BadEndpoint } from './bad-endpoint.ts'
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

async function certifiedAt(endpoint: BadEndpoint) {
  const served = await serveEndpoint(endpoint)
  const report = await certify({ ...served.subject, sandbox, largestRows: 0 })
  await served.close()
  return report
}

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

test('the endpoint that the bad ones are made of passes every check', async () => {
  const report = await certifiedAt({})
  expect(failures(report.results)).toEqual([])
  expect(report).toMatchObject({ verdict: 'passed', profiles: ['remote'] })
})

test('a remote release without an endpoint to try does not pass', async () => {
  const served = await serveEndpoint({})
  const { manifest, documents } = served.subject
  const report = await certify({ manifest, documents, bundle: '', sandbox })
  expect(failures(report.results).map(({ id }) => id)).toEqual(['remote.health'])
  expect(report.verdict).toBe('failed')
  await served.close()
})

describe.concurrent('a bad bundle fails its own check and no other', () => {
  test.each(known)('%s', async (id) => {
    const { default: bad } = (await import(join(folder, id, 'bundle.ts'))) as {
      default: BadBundle | { endpoint: BadEndpoint }
    }
    const report = await ('endpoint' in bad ? certifiedAt(bad.endpoint) : certified(bad))
    const found = failures(report.results)
    expect(found.map((each) => each.id)).toEqual([id])
    expect(found[0]?.findings.every(({ detail }) => detail.length > 0)).toBe(true)
  })
})
