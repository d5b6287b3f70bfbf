import { describe, expect, test } from 'vitest'
import { datasetNames, datasetOf, type DatasetName } from '../../contract/datasets/index.ts'
import { defaultMask } from '../../contract/dataset.ts'
import { decodeId } from '../../contract/ids.ts'
import { Manifest } from '../../contract/manifest.ts'
import { resolvePseudonym, unscaleAmount } from '../../contract/masking.ts'
import { exampleBusiness, exampleKeys, maskBusiness } from './index.ts'

const business = exampleBusiness()

function manifestFor(names: readonly DatasetName[], history = '365d'): Manifest {
  const asked = names.map((name) => {
    const { fields, time } = datasetOf(name)
    const leaving = Object.keys(fields).filter((field) => {
      const definition = fields[field]
      return definition && defaultMask(definition) !== 'withheld'
    })
    return [name, { fields: leaving, purpose: 'To see what comes.', ...(time === null ? {} : { history }) }]
  })
  return Manifest.parse({
    contract: 1,
    service: 'everything',
    version: '1.0.0',
    name: 'Everything',
    category: 'financial/cash-flow',
    summary: 'Asks for every field that leaves at all.',
    pricing: { monthly: { amount: 0, currency: 'USD' } },
    capabilities: ['runway_protection'],
    data: Object.fromEntries(asked) as object,
    money: 'scaled',
    actions: [],
    schedule: 'daily',
    runtime: { kind: 'sandbox' },
    report: false,
  })
}

describe('the example business', () => {
  test('is the same for the same seed and day, and another for another seed', () => {
    expect(exampleBusiness()).toEqual(business)
    expect(exampleBusiness({ seed: 2 })).not.toEqual(business)
  })

  test('has rows in every dataset, and references that point at rows', () => {
    const ids = new Set(datasetNames.flatMap((name) => business.records[name].map(({ id }) => id)))
    for (const name of datasetNames) {
      expect(business.records[name].length, name).toBeGreaterThan(2)
      for (const row of business.records[name] as readonly Record<string, unknown>[]) {
        for (const [field, { kind }] of Object.entries(datasetOf(name).fields)) {
          if (kind === 'reference' && row[field] !== null) expect(ids).toContain(row[field])
        }
      }
    }
  })

  test('has work for a provider: late invoices, bills to come, stock below its reorder point, rows without a category', () => {
    const { invoices, bills, inventory, transactions } = business.records
    expect(invoices.some((i) => i.status === 'open' && i.dueAt < business.today)).toBe(true)
    expect(bills.some((b) => b.status === 'open' && b.dueAt >= business.today)).toBe(true)
    expect(inventory.some((s) => s.onHand < (s.reorderPoint ?? 0))).toBe(true)
    expect(transactions.some((t) => t.category === null)).toBe(true)
  })
})

describe('masked', () => {
  const { data, originals, keys } = maskBusiness(business, manifestFor(datasetNames))

  test('no name, address, number or true amount of it is left', () => {
    const text = JSON.stringify(data)
    const { customers, suppliers, invoices } = business.records
    for (const { name, email, phone } of customers) {
      for (const each of [name, email, phone]) if (each !== null) expect(text).not.toContain(each)
    }
    for (const { email, id } of suppliers) {
      expect(text).not.toContain(email)
      expect(text).not.toContain(id)
    }
    for (const { number } of invoices) expect(text).not.toContain(`"${number}"`)
    expect(text).not.toContain('020 7946')
    expect(text).toContain('[person]')
  })

  test('a pseudonym leads back to its record, and scaled money to the amount', () => {
    const [masked, original] = [data.invoices?.[0], originals.invoices?.[0]]
    const uuid = resolvePseudonym(keys.key, 'invoices', masked?.['id'] as string)
    expect(uuid).toBe(decodeId('inv', original?.['id'] as string))
    const amount = (row: object | undefined) => (row as { amount: { amount: number } }).amount.amount
    expect(unscaleAmount(amount(masked), keys.factor)).toBe(amount(original))
    expect(amount(masked)).not.toBe(amount(original))
  })

  test('another subscription sees other pseudonyms', () => {
    const other = maskBusiness(business, manifestFor(['bills']), exampleKeys(2))
    const seen = new Set(data.bills?.map((row) => row['id']))
    expect(other.data.bills?.some((row) => seen.has(row['id']))).toBe(false)
  })

  test('a window holds what is in it and what is open, and a dataset that was not asked for is absent', () => {
    const narrow = maskBusiness(business, manifestFor(['invoices'], '30d'))
    expect(Object.keys(narrow.data)).toEqual(['invoices'])
    const rows = narrow.originals.invoices ?? []
    expect(rows.length).toBeLessThan(business.records.invoices.length)
    for (const row of rows)
      expect(row['status'] === 'open' || String(row['issuedAt']) >= '2026-11-01').toBe(true)
    expect(rows.some((row) => String(row['issuedAt']) < '2026-11-01')).toBe(true)
  })
})
