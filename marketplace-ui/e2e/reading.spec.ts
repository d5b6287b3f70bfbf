import { expect, open, seeded, test } from './test.ts'

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false, storageState: async ({}, use) => use(seeded().states.owner) }) // oxlint-disable-line no-empty-pattern

  test('one can read what waits, and decide', async ({ page }) => {
    await page.goto('/?group=none')
    const card = page.locator('[data-card]').first()
    const id = (await card.getAttribute('data-card')) ?? ''
    await card.getByRole('button', { name: 'Approve' }).click()
    await expect(page.getByText('Approved.')).toBeVisible()
    await expect(page.locator(`[data-card="${id}"]`)).toHaveCount(0)
  })
})

test.describe('a viewer', () => {
  test.use({ storageState: async ({}, use) => use(seeded().states.viewer) }) // oxlint-disable-line no-empty-pattern

  test('reads what waits and is offered no decision', async ({ page }) => {
    await open(page, '/?group=none')
    await expect(page.locator('[data-card]').first()).toBeVisible()
    await expect(page.getByRole('button', { name: /Approve|Edit|Reject|Stop everything/ })).toHaveCount(0)
    const before = await page.locator('[data-card]').count()
    await page.locator('[data-card]').first().focus()
    await page.keyboard.press('a')
    await expect(page.locator('[data-card]')).toHaveCount(before)
  })
})

test.describe('an owner', () => {
  test.use({ storageState: async ({}, use) => use(seeded().states.owner) }) // oxlint-disable-line no-empty-pattern

  test('goes anywhere from the command bar', async ({ page, isMobile }) => {
    test.skip(isMobile, 'a phone has no Ctrl K')
    await open(page, '/')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Go to, run, decide …').fill('audit')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/audit$/)
  })

  test('tries a policy on what was proposed before', async ({ page }) => {
    await open(page, '/policies/new')
    await page.getByLabel('Name', { exact: true }).fill('Ask me always')
    await page.getByRole('button', { name: 'Try' }).click()
    await expect(page.getByText('Tried', { exact: false }).first()).toBeVisible()
  })

  test('sees a new token once', async ({ page }) => {
    await open(page, '/tokens')
    await page.getByLabel('Name', { exact: true }).fill('Bookkeeping')
    await page.getByRole('checkbox').first().check()
    await page.getByRole('button', { name: 'Make a token' }).click()
    const secret = await page.getByRole('textbox', { name: 'Token' }).inputValue()
    expect(secret.length).toBeGreaterThan(20)
    await open(page, '/tokens')
    expect(await page.content()).not.toContain(secret)
  })
})
