import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, expectAccessible, open, seeded, test } from './test.ts'

test('from signing up to the first decision', async ({ page, context, isMobile }) => {
  await test.step('sign up and make an organisation', () => signUp(page))
  await test.step('add a business', () => addBusiness(page))
  await test.step('import an export of invoices', () => importInvoices(page))

  const queue = await context.newPage()
  await open(queue, '/')
  await expect(queue.getByText('Nothing waits for you')).toBeVisible()
  await test.step('see what the provider would see, and subscribe', () => subscribe(page))
  await test.step('what it proposes arrives without a reload, with real names', () => seeArrive(queue))
  await test.step('approve one and take it back', () => approveAndUndo(queue, isMobile))
  await test.step('approve one for good', () => approveFirst(queue, isMobile))
})

async function signUp(page: Page): Promise<void> {
  await open(page, '/sign-up')
  await page.getByLabel('Your name').fill('Ada Vance')
  await page.getByLabel('Organisation').fill('Vance Holdings')
  await page.getByLabel('E-mail').fill(`${randomUUID()}@vance.example`)
  await page.getByLabel('Password').fill('a long enough password')
  await page.getByRole('button', { name: 'Create an account' }).click()
  await expect(page.getByRole('heading', { name: 'Decide', level: 1 })).toBeVisible()
}

async function addBusiness(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Add a business' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Harbour Gifts')
  await page.getByRole('button', { name: 'Add a business' }).click()
  await expect(page.getByRole('heading', { name: 'Harbour Gifts', level: 1 })).toBeVisible()
}

async function importInvoices(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Imports' }).click()
  await page.getByLabel('Choose a file, or drop it here').setInputFiles(seeded().export.path)
  await page.getByRole('button', { name: 'Upload' }).click()
  await expect(page.getByText('What each column means').first()).toBeVisible()
  await expectAccessible(page)
  await mean(page, 'Invoice no.', 'number')
  await mean(page, 'Customer', 'customer.name')
  await mean(page, 'E-mail', 'customer.email')
  await mean(page, 'Issue date', 'issuedAt')
  await mean(page, 'Due date', 'dueAt')
  await mean(page, 'Paid on', 'paidAt')
  await mean(page, 'Total', 'amount')
  await mean(page, 'Amount due', 'amountDue')
  await mean(page, 'Status', 'status')
  await page.getByRole('button', { name: 'Import with this meaning' }).click()
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 60_000 })
}

const mean = (page: Page, header: string, field: string) =>
  page.getByLabel(`Meaning of ${header}`).selectOption(field)

async function subscribe(page: Page): Promise<void> {
  await open(page, '/services/receivables-accelerator/subscribe')
  await page.getByRole('link', { name: 'Harbour Gifts' }).click()
  const theirs = page.getByRole('region', { name: 'As the provider sees them' }).first()
  const yours = page.getByRole('region', { name: 'Your rows' }).first()
  await expect(theirs.getByRole('row')).not.toHaveCount(1)
  const isNamed = (text: string) => seeded().export.customers.some((name) => text.includes(name))
  expect(isNamed(await yours.innerText())).toBe(true)
  expect(isNamed(await theirs.innerText())).toBe(false)
  await page.getByRole('button', { name: 'Agree and subscribe' }).click()
  await expect(page.getByText('Receivables Accelerator is subscribed')).toBeVisible()
  const run = page.getByRole('button', { name: 'Run now' })
  if (await run.isEnabled()) await run.click()
}

async function seeArrive(queue: Page): Promise<void> {
  await expect(queue.getByText(/action(s)? waits? for you/)).toBeVisible({ timeout: 60_000 })
  await open(queue, '/?group=none')
  const sentence = await queue.locator('[data-card]').first().innerText()
  expect(seeded().export.customers.some((name) => sentence.includes(name))).toBe(true)
  await expectAccessible(queue)
}

/** By keyboard on the desk, by tap on the phone. Resolves to the action's id. */
async function approveFirst(queue: Page, isMobile: boolean): Promise<string> {
  const card = queue.locator('[data-card]').first()
  const id = (await card.getAttribute('data-card')) ?? ''
  if (isMobile) await card.getByRole('button', { name: 'Approve' }).tap()
  else {
    await card.focus()
    await queue.keyboard.press('a')
  }
  await expect(queue.getByText('Approved.').first()).toBeVisible()
  await expect(queue.locator(`[data-card="${id}"]`)).toHaveCount(0)
  return id
}

async function approveAndUndo(queue: Page, isMobile: boolean): Promise<void> {
  await approveFirst(queue, isMobile)
  if (isMobile) await queue.getByRole('button', { name: 'Undo' }).first().tap()
  else await queue.keyboard.press('u')
  await expect(queue.getByText('Undone.').first()).toBeVisible()
}
