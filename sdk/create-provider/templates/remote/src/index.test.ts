import {
  expectNoProposal,
  exampleBusiness,
  expectProposal,
  manifestOf,
  maskBusiness,
  rowBuilders,
  runProvider,
} from '@bizq/sdk/testing'
import { createTestPlatform } from '@bizq/sdk/testing/platform'
import { createRemoteHandler } from '@bizq/sdk/remote'
import { expect, test } from 'vitest'
import provider from './index.ts'

const now = '2026-12-01T09:00:00Z'
const build = rowBuilders()

test('a late invoice is reminded of', async () => {
  const late = build.invoices({ dueAt: '2026-11-01', status: 'open' })
  const output = await runProvider(provider, { data: { invoices: [late] }, now })
  expect(expectProposal(output, 'invoice.remind', { invoice: late.id }).confidence).toBeGreaterThan(0.9)
})

test('an invoice within the days of grace, one that is paid and one just reminded of are left alone', async () => {
  const invoices = [
    build.invoices({ dueAt: '2026-11-28', status: 'open' }),
    build.invoices({ dueAt: '2026-10-01', status: 'paid' }),
    build.invoices({ dueAt: '2026-10-01', status: 'open', remindedAt: '2026-11-25' }),
  ]
  expectNoProposal(await runProvider(provider, { data: { invoices }, now }))
})

test('it finds something to do for a business with a year behind it', async () => {
  const { data } = maskBusiness(exampleBusiness({ today: '2026-12-01' }), manifestOf(provider))
  const { proposals } = await runProvider(provider, { data, now })
  expect(proposals.length).toBeGreaterThan(0)
})

test('the platform calls it over HTTPS and gets the same proposals', async () => {
  const platform = await createTestPlatform()
  const late = build.invoices({ dueAt: '2026-11-01', status: 'open' })
  const handler = createRemoteHandler(provider, platform.options)
  const { output } = await platform.execute(handler, { data: { invoices: [late] }, now })
  expectProposal(output ?? { proposals: [] }, 'invoice.remind', { invoice: late.id })
})
