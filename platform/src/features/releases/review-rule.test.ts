import { Manifest } from '@bizq/sdk/contract'
import { expect, test } from 'vitest'
import { manifestOf } from '../../../test/services.ts'
import { reviewByRisk, type ReviewReasonCode } from './review-rule.ts'

const made = (change: Record<string, unknown> = {}) => Manifest.parse(manifestOf(change))
const present = made()
const refund = { actions: [{ type: 'refund.issue', max: { amount: 5_000, currency: 'USD' } }] }
const personal = {
  handlesPersonalData: true,
  data: {
    customers: {
      fields: ['id', 'email'],
      purpose: 'To write to customers.',
      personal: { email: { purpose: 'To write to customers.' } },
    },
  },
}
const remote = { runtime: { kind: 'remote', endpoint: 'https://cash.example/bizq' } }

type Row = [
  what: string,
  before: Manifest | null,
  next: Manifest,
  reviewers: number,
  reasons: ReviewReasonCode[],
]
const table: Row[] = [
  ['a first release', null, present, 1, ['first-release']],
  [
    'a minor release',
    present,
    made({ version: '1.1.0', summary: 'Reads invoices, and says so better.' }),
    0,
    [],
  ],
  ['a cheaper release', present, made({ pricing: { monthly: { amount: 100, currency: 'USD' } } }), 0, []],
  [
    'a dearer release',
    present,
    made({ pricing: { monthly: { amount: 900, currency: 'USD' } } }),
    1,
    ['major-release'],
  ],
  ['exact money', present, made({ money: { exact: 'To match amounts exactly.' } }), 1, ['major-release']],
  ['a move to a server', present, made(remote), 1, ['major-release', 'remote-runtime']],
  [
    'a minor release of what runs elsewhere',
    made(remote),
    made({ ...remote, version: '1.1.0' }),
    1,
    ['remote-runtime'],
  ],
  ['a first release that moves money', null, made(refund), 2, ['first-release', 'moves-money']],
  [
    'a minor release of what moves money',
    made(refund),
    made({ ...refund, version: '1.1.0' }),
    2,
    ['moves-money'],
  ],
  ['a release that begins to move money', present, made(refund), 2, ['major-release', 'moves-money']],
  ['a release that opens personal data', present, made(personal), 2, ['major-release', 'personal-data']],
  [
    'a minor release of what opens personal data',
    made(personal),
    made({ ...personal, version: '1.0.1' }),
    2,
    ['personal-data'],
  ],
]

test.each(table)('%s', (_what, before, manifest, reviewers, codes) => {
  const need = reviewByRisk({ manifest, before })
  expect(need.reviewers).toBe(reviewers)
  expect(need.reasons.map(({ code }) => code)).toEqual(codes)
  for (const { detail } of need.reasons) expect(detail).toMatch(/^It .+\.$/)
})
