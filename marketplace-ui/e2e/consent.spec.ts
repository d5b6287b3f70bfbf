import { expect, expectAccessible, open, test } from './test.ts'

interface Standing {
  grant: string
  settings: Record<string, unknown>
}
interface Given {
  items: { consent: { history: Record<string, string> } }[]
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
