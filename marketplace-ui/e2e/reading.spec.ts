import type { Page } from '@playwright/test'
import { expect, expectAccessible, open, seeded, test } from './test.ts'

const cards = (page: Page) => page.locator('[data-card]')
/** Opens what waits, one by one, and resolves to how many there are. */
async function openQueue(page: Page): Promise<number> {
  await page.goto('/?group=none')
  await expect(cards(page).first()).toBeVisible()
  return cards(page).count()
}

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false })

  test('one can sign in, read what waits and why, approve, and take it back', async ({ page, operator }) => {
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill(operator.owner.email)
    await page.getByLabel('Password').fill(operator.owner.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    const before = await openQueue(page)
    await cards(page).first().getByRole('link', { name: /^Why/ }).click()
    await expect(page.getByRole('heading', { name: 'Why' })).toBeVisible()
    await expect(page.getByRole('table').getByRole('link').first()).toBeVisible()
    await page.getByRole('link', { name: 'Decide' }).filter({ visible: true }).first().click()

    await openQueue(page)
    await cards(page).first().getByRole('button', { name: 'Approve' }).click()
    await expect(page.getByText('Approved.')).toBeVisible()
    await expect(cards(page)).toHaveCount(before - 1)
    // It is taken back once it is carried out, or before: both are an undo.
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByText('Approved.')).toHaveCount(0)
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('one can edit, and reject with a reason', async ({ owned: page }) => {
    const before = await openQueue(page)
    await cards(page).first().getByRole('link', { name: 'Edit' }).click()
    await page.getByRole('button', { name: 'Approve with changes' }).click()
    await expect(page.getByText(/^Approved by Ada Vance/)).toBeVisible()

    await openQueue(page)
    await cards(page).first().getByRole('link', { name: 'Reject' }).click()
    await page.getByLabel('It would hurt a relationship').check()
    await page.getByLabel('In your words').fill('They have waited long enough.')
    await page.getByRole('button', { name: 'Reject' }).click()
    await expect(page.getByText(/^Rejected by Ada Vance/)).toBeVisible()
    await expect(page.getByText('They have waited long enough.')).toBeVisible()
    expect(await openQueue(page)).toBe(before - 2)
  })

  test('one can approve several at once', async ({ owned: page }) => {
    const before = await openQueue(page)
    const boxes = page.locator('input[name=item]:not([disabled])')
    const count = await boxes.count()
    expect(count).toBeGreaterThan(1)
    for (let index = 0; index < count; index += 1) await boxes.nth(index).check()
    await page.getByRole('button', { name: 'Approve selected' }).click()
    await expect(page.getByText(`${count} approved.`)).toBeVisible()
    await expect(cards(page)).toHaveCount(before - count)
  })

  test('one can import a file, and read where it landed', async ({ owned: page, operator }) => {
    const bills = seeded().books.find(({ name }) => name === 'bills.csv')
    await page.goto(`/businesses/${operator.business}/imports`)
    await page.getByLabel('Choose a file, or drop it here').setInputFiles(bills?.path ?? '')
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByRole('button', { name: 'Import with this meaning' }).click()
    await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText('Unchanged')).toBeVisible()
  })

  test('pages are whole and accessible', async ({ owned: page, operator }) => {
    const { business, subscription, execution } = operator
    for (const path of [
      '/',
      `/businesses/${business}`,
      `/services/receivables-accelerator/subscribe?business=${business}`,
      `/subscriptions/${subscription}`,
      `/executions/${execution}`,
    ]) {
      await page.goto(path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
    }
  })
})

test.describe('a viewer', () => {
  test.use({ storageState: async ({}, use) => use(seeded().states.viewer) }) // oxlint-disable-line no-empty-pattern

  test('reads what waits and is offered no decision', async ({ page }) => {
    await open(page, '/?group=none')
    await expect(cards(page).first()).toBeVisible()
    await expect(page.getByRole('button', { name: /Approve|Edit|Reject|Stop everything/ })).toHaveCount(0)
    const before = await cards(page).count()
    await cards(page).first().focus()
    await page.keyboard.press('a')
    await expect(cards(page)).toHaveCount(before)
    await expectAccessible(page)
  })
})
