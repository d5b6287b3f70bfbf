import type { Manifest } from '@bizq/sdk/contract'
import { expect, test } from 'vitest'
import { manifestOf } from '../../../test/services.ts'
import { basisOf, changesOf } from './changes.ts'

const at = (change: Record<string, unknown>) => manifestOf(change) as unknown as Manifest
const before = { version: '1.0.0', manifest: at({}) }

test('what a release asks for beyond the one before is said before what it gives up', () => {
  const next = at({
    version: '1.1.0',
    data: { invoices: { fields: ['id', 'dueAt', 'amount'], history: '180d', purpose: 'To find them.' } },
    pricing: { monthly: { amount: 900, currency: 'USD' } },
  })
  expect(changesOf(before, next)).toEqual({
    comparedWith: '1.0.0',
    isMajor: true,
    changes: [
      'it now reads amount of invoices',
      'its price rises from $5.00 to $9.00 a month',
      'it no longer reads customers: id, company, country',
      'it no longer reads customer, issuedAt, amountDue, status, notes of invoices',
    ],
  })
})

test('a lower price is minor and said to reach everybody', () => {
  const next = at({ version: '1.0.1', pricing: { monthly: { amount: 400, currency: 'USD' } } })
  expect(changesOf(before, next)).toEqual({
    comparedWith: '1.0.0',
    isMajor: false,
    changes: ['its price falls from $5.00 to $4.00 a month, for everybody'],
  })
})

test('a release is compared with the newest below it that was offered to everybody', () => {
  const release = (id: string, version: string, isPublished = true) => ({
    id,
    version,
    manifest: at({ version }),
    published_at: isPublished ? new Date() : null,
  })
  const all = [
    release('e', '2.0.0', false),
    release('d', '1.3.0-beta.1'),
    release('c', '1.2.0', false),
    release('b', '1.1.0'),
    release('a', '1.0.0'),
  ]
  expect(all.map((each) => basisOf(all, each)?.version)).toEqual([
    '1.1.0',
    '1.1.0',
    '1.1.0',
    '1.0.0',
    undefined,
  ])
})
