import { expect, expectAccessible, open, test } from './test.ts'

interface Standing {
  grant: string
  settings: Record<string, unknown>
}
interface Given {
  items: { consent: { history: Record<string, string> } }[]
}

interface Subscribed {
  id: string
  service: { service: string }
}

test('an owner changes what a service sees, and its settings stay', async ({ owned: page, operator }) => {
  const subscription = `/subscriptions/${operator.subscription}`
  const before = await operator.api.get<Standing>(subscription)
  await open(page, `${subscription}/settings`)
  await page.getByRole('link', { name: 'Change what it sees' }).click()
  await page.getByLabel('Invoices: how far back').selectOption('90d')
  await expect(page).toHaveURL(/history\.invoices=90d/)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Agree to this' }).click()
  await expect(page).toHaveURL(new RegExp(`${subscription}$`))
  const after = await operator.api.get<Standing>(subscription)
  expect(after.settings).toEqual(before.settings)
  expect(after.grant).not.toBe(before.grant)
  const { items } = await operator.api.get<Given>(`${subscription}/grants`)
  expect(items.map(({ consent }) => consent.history['invoices'])).toEqual(['90d', '365d'])
})

test('personal data leaves by a consent of its own, and is taken back', async ({ owned: page, operator }) => {
  const consented = async () => {
    const { items } = await operator.api.get<{ items: Subscribed[] }>('/subscriptions?limit=100')
    return items.find(({ service }) => service.service === 'contact-keeper')?.id ?? ''
  }
  await open(page, `/services/contact-keeper/subscribe?business=${operator.business}`)
  const email = page.getByRole('checkbox', { name: 'Show the rows with Email of customers' })
  await expect(email).not.toBeChecked()
  const agreement = page.getByRole('checkbox', { name: /I agree that Contact Keeper gets the email/ })
  await expect(agreement).toHaveCount(0)
  await email.check()
  await expect(page).toHaveURL(/personal=customers\.email/)
  await expect(agreement).not.toBeChecked()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Agree and subscribe' }).click()
  expect(await consented(), 'nothing is agreed to without its own tick').toBe('')
  await agreement.check()
  await page.getByRole('button', { name: 'Agree and subscribe' }).click()
  await expect(page).toHaveURL(/\/subscriptions\//)
  const subscription = `/subscriptions/${await consented()}`
  await open(page, subscription)
  const personal = page.locator('section', { has: page.getByRole('heading', { name: 'Personal data' }) })
  await expect(personal).toContainText('Agreed by Ada Vance')
  await expectAccessible(page)
  await personal
    .getByRole('button', { name: /^Take back/ })
    .first()
    .click()
  await expect(page.getByText('It is taken back')).toBeVisible()
  const { fields } = await operator.api.get<{ fields: { isGranted: boolean }[] }>(`${subscription}/personal`)
  expect(fields.some(({ isGranted }) => isGranted)).toBe(false)
})
