import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { manifestJsonSchema } from './index.ts'

const published = JSON.parse(
  readFileSync(new URL('../../manifest.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

test('the published JSON Schema is the contract’s (after a change: node sdk/scripts/manifest-schema.ts)', () => {
  expect(published).toEqual(manifestJsonSchema())
})

test('a validator that knows nothing of us takes a manifest and names what is wrong in another', () => {
  const validate = new Ajv2020({ strict: false, formats: { uri: true, email: true } }).compile(published)
  const manifest = {
    $schema: published['$id'],
    contract: 1,
    service: 'bill-mover',
    version: '1.0.0',
    name: 'Bill Mover',
    category: 'financial/cash-flow',
    summary: 'Moves every bill by a week, for the sake of the example.',
    pricing: { monthly: { amount: 100, currency: 'USD' } },
    capabilities: ['payables_scheduling'],
    data: { bills: { fields: ['id'], history: '90d', purpose: 'To know what falls due.' } },
    money: 'scaled',
    actions: [{ type: 'bill.reschedule' }],
    schedule: 'daily',
    runtime: { kind: 'remote', endpoint: 'https://provider.example/bizq' },
    report: false,
  }
  expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true)
  expect(validate({ ...manifest, data: { bills: { fields: ['colour'], purpose: 'To know.' } } })).toBe(false)
  expect(validate.errors?.[0]?.instancePath).toBe('/data/bills/fields/0')
})
