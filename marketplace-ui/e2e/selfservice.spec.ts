import { expect, open, seeded, test } from './test.ts'

// oxlint-disable-next-line no-empty-pattern
test.use({ storageState: async ({}, use) => use(seeded().states.provider) })

const listing = () => `/portal/provider/services/expense-categoriser/listing`

test('the preview follows what is typed, and nothing is kept by it', async ({ page }) => {
  await open(page, listing())
  const preview = page.getByRole('region', { name: 'Preview' })
  await page.getByLabel('Description').fill('It sorts **every** line.\n\n<script>alert(1)</script>')
  await expect(preview.getByText('every', { exact: true })).toBeVisible()
  await expect(preview.locator('.written strong')).toHaveText('every')
  expect(await preview.locator('script').count()).toBe(0)
  await open(page, listing())
  await expect(page.getByLabel('Description')).not.toHaveValue(/It sorts/)
})

test('a key pair made in the browser leaves it by its public half alone', async ({ page }) => {
  const sent: string[] = []
  page.on('request', (request) => void sent.push(request.postData() ?? ''))
  await open(page, '/portal/provider/clients')
  await page.getByRole('button', { name: 'Make a key pair in this browser' }).click()
  const shown = await page.getByLabel('Private key', { exact: true }).inputValue()
  const { d } = JSON.parse(shown) as { d: string }
  expect(d).toHaveLength(43)
  await page.getByLabel('Name').fill(`Made in the browser ${Date.now()}`)
  await page.getByRole('button', { name: 'Register a client' }).click()
  await expect(page.getByRole('heading', { name: /^Made in the browser/ })).toBeVisible()
  expect(sent.filter((body) => body.includes(d))).toEqual([])
  // Pasted by mistake, it stays here too.
  await page.getByRole('textbox', { name: 'Public key' }).fill(shown)
  await page.getByRole('button', { name: 'Add this key' }).click()
  await expect(page.getByText('This holds a private key. It was not sent')).toBeVisible()
  expect(sent.filter((body) => body.includes(d))).toEqual([])
})

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false })

  test('a listing is written, previewed and published by its buttons', async ({ page }) => {
    await page.goto('/portal/provider/services/inventory-planner/listing')
    const text = `It counts what is left on the shelf (${Date.now()}).`
    await page.getByLabel('Description').fill(text)
    await page.getByRole('button', { name: 'Preview' }).click()
    await expect(page.getByRole('region', { name: 'Preview' }).getByText(text)).toBeVisible()
    await page.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('Published: operators read it now.')).toBeVisible()
    await page.goto('/portal/provider/services/inventory-planner/listing')
    await expect(page.getByText('On the page now')).toBeVisible()
  })
})
