import { expectAccessible, open, seeded, test } from './test.ts'

const groups = (): Record<string, string[]> => {
  const { business, subscription, execution, import: imported } = seeded()
  const own = `/businesses/${business}`
  return {
    'the business pages': [
      '/businesses',
      '/businesses/new',
      own,
      `${own}/data`,
      `${own}/data/invoices`,
      `${own}/imports`,
      `${own}/imports/${imported}`,
      `${own}/services`,
      `${own}/privacy`,
      `${own}/settings`,
    ],
    'the service pages': [
      '/services',
      '/services/receivables-accelerator',
      `/services/receivables-accelerator/subscribe?business=${business}`,
      '/services/compare',
      '/services/mine',
      `/subscriptions/${subscription}`,
      `/subscriptions/${subscription}/runs`,
      `/subscriptions/${subscription}/left`,
      `/subscriptions/${subscription}/settings`,
    ],
    'the pages of what happens': [
      '/',
      `/executions/${execution}`,
      '/carry-over',
      '/outbox',
      '/audit',
      '/audit/verify',
      '/policies',
      '/policies/new',
    ],
    'the pages of the organisation': ['/more', '/team', '/tokens', '/webhooks', '/settings'],
  }
}

for (const name of [
  'the business pages',
  'the service pages',
  'the pages of what happens',
  'the pages of the organisation',
])
  test.describe(name, () => {
    test.use({ storageState: async ({}, use) => use(seeded().states.owner) }) // oxlint-disable-line no-empty-pattern
    test('are accessible by light and dark and fit the screen', async ({ page }) => {
      for (const path of groups()[name] ?? []) {
        await open(page, path)
        await expectAccessible(page)
      }
    })
  })

test('the pages before signing in are accessible by light and dark and fit the screen', async ({ page }) => {
  for (const path of ['/sign-in', '/sign-up']) {
    await open(page, path)
    await expectAccessible(page)
  }
})
