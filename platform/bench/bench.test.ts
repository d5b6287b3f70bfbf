import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

test('the bench runs and prints a line for every figure', { timeout: 240_000 }, async () => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'main.ts'), '--smoke'], {
    maxBuffer: 4 * 1024 * 1024,
  })
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ figure }) => figure)).toEqual([
    'the last of 20 live streams hears of an event',
    'masked page against the same page unmasked',
    'masked page against a bare route without row-level security',
    'a real bundle in a fresh isolate',
    'executions end to end, claim to settling',
    'decisions with audit and enqueued effect, through HTTP',
    'one provider for 8 businesses, a fresh isolate each',
    'one provider for 16 businesses, a fresh isolate each',
    'import of a CSV file of sales',
    'an execution on its provider’s server, signed, with a token and pages',
    'tokens by client_credentials with DPoP, through HTTP',
    'figures of the marketplace, through HTTP',
    'levels of every service reckoned anew',
    'postings to the ledger',
    'invoices from due to paid, with the Stripe simulator',
    'certification of an example service',
    'start of the command line',
  ])
  for (const line of lines) {
    expect(line).toMatchObject({
      value: expect.any(Number),
      unit: expect.any(String),
      size: expect.any(Object),
      rounds: expect.any(Number),
      machine: { cores: expect.any(Number) },
    })
    expect(line.value).toBeGreaterThan(0)
  }
})
