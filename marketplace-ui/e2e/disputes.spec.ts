import type { Browser, Page } from '@playwright/test'
import { expect, expectAccessible, seeded, test } from './test.ts'

/** A page of somebody of the demo. */
async function pageOf(browser: Browser, storageState: string, baseURL = ''): Promise<Page> {
  const context = await browser.newContext({ baseURL, storageState })
  return context.newPage()
}

test('a dispute goes from its operator to its provider and to the platform, which decides, and back', async ({
  browser,
  baseURL,
  operator,
}) => {
  // The operator’s part works without a script.
  const context = await browser.newContext({
    baseURL: baseURL ?? '',
    javaScriptEnabled: false,
    storageState: await operator.api.context.storageState(),
  })
  const own = await context.newPage()
  const path = `/subscriptions/${operator.subscription}/disputes`
  await own.goto(path)
  await own.getByLabel('What happened').fill('It wrote to a customer at ann@lee.example twice in one day.')
  await own.getByLabel('What you want').selectOption('credit')
  await own.getByLabel('Credit, if you want one').fill('2.50')
  await own.getByRole('button', { name: 'Send it' }).click()
  await expect(own.getByText('Your dispute is open.')).toBeVisible()
  await expect(own.getByText('at [email] twice')).toBeVisible()
  const { items } = await operator.api.get<{ items: { id: string }[] }>('/disputes')
  const dispute = items[0]?.id ?? ''

  const { states } = seeded()
  const provider = await pageOf(browser, states.provider, baseURL)
  await provider.goto(`/portal/provider/disputes/${dispute}`)
  await expect(provider.getByText('at [email] twice')).toBeVisible()
  await expect(provider.getByText('ann@lee.example')).toHaveCount(0)
  await expectAccessible(provider)
  await provider.getByLabel('Your answer').fill('Two reminders were due on the same day. It sends one now.')
  await provider.getByRole('button', { name: 'Send the answer' }).click()
  await expect(provider.getByText('Your answer is sent.')).toBeVisible()

  const admin = await pageOf(browser, states.admin, baseURL)
  await admin.goto(`/portal/admin/disputes/${dispute}`)
  await expect(admin.getByText('It sends one now.')).toBeVisible()
  await expectAccessible(admin)
  await admin.getByLabel('Outcome').selectOption('for-operator')
  await admin.getByLabel('Reasons').fill('One reminder a day is what the listing promises.')
  await admin.getByLabel('Credit owed to the operator').fill('2.50')
  await admin.getByRole('button', { name: 'Decide it' }).click()
  await expect(admin.getByText('Decided. Both sides are told.')).toBeVisible()

  await own.goto(path)
  await expect(own.getByText('Decided for you')).toBeVisible()
  await expect(own.getByText('One reminder a day is what the listing promises.')).toBeVisible()
  await provider.reload()
  await expect(provider.getByText('For the operator')).toBeVisible()
})

test('who does not run the marketplace is shown none of it', async ({ browser, baseURL }) => {
  const { states } = seeded()
  for (const state of [states.provider, states.owner, states.certifier]) {
    const page = await pageOf(browser, state, baseURL)
    for (const path of ['/portal/admin', '/portal/admin/listings', '/portal/admin/disputes']) {
      const answer = await page.goto(path)
      expect(answer?.status(), path).toBe(403)
    }
  }
})
