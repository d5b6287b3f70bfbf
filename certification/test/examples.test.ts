import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { CertificationReport } from '../src/index.ts'

const root = join(import.meta.dirname, '../..')
const examples = readdirSync(join(root, 'providers-examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
  .map(({ name }) => name)

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(3)
})

test.each(examples)('%s passes the whole suite without a warning, as its author runs it', async (name) => {
  const command = [
    join(root, 'sdk/cli/src/main.ts'),
    'certify',
    join(root, 'providers-examples', name),
    '--json',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 8 * 1024 * 1024 })
  const report = JSON.parse(stdout) as CertificationReport
  expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(
    report.results.filter(({ group }) => group === 'documentation').map(({ outcome }) => outcome),
  ).toEqual(Array.from({ length: 5 }, () => 'passed'))
  expect(report.durationMs).toBeLessThan(180_000)
})
