import { newPerson } from './operator.ts'
import { expect, expectAccessible, open, test } from './test.ts'

test('an owner reads the policies, tries one on what was proposed, and switches it on', async ({
  owned: page,
}) => {
  await open(page, '/policies')
  await expect(
    page.getByText('A new subscription asks until you have decided 20 of its actions.'),
  ).toBeVisible()
  await page.getByRole('link', { name: 'Add a rule' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('Bills need two of us')
  await page.getByLabel('Then').selectOption({ label: 'Ask two people' })
  await page.getByRole('button', { name: 'Try on past actions' }).click()
  const trial = page.getByRole('region', { name: 'What it would have done' })
  await expect(trial.getByRole('row').nth(1)).toContainText('Ask two people')
  await expectAccessible(page)
  await page.getByRole('switch', { name: 'On' }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page).toHaveURL(/\/policies$/)
  await page.getByRole('link', { name: 'Bills need two of us' }).click()
  await expect(page.getByRole('heading', { name: 'Bills need two of us' })).toBeVisible()
  await page.getByRole('button', { name: 'Remove' }).click()
  await expect(page).toHaveURL(/\/policies$/)
  await expect(page.getByText('Bills need two of us')).toHaveCount(0)
})

test('somebody who is invited joins with the link, and may do what their role may', async ({
  owned: page,
  operator,
  browser,
  baseURL,
}) => {
  const viewer = newPerson('Ines Duarte')
  await open(page, '/team')
  await page.getByLabel('E-mail').fill(viewer.email)
  await page.getByRole('main').getByLabel('Role', { exact: true }).selectOption('viewer')
  await page.getByRole('button', { name: 'Invite' }).click()
  await expect(page.getByText(`${viewer.email} is invited`)).toBeVisible()
  await expectAccessible(page)
  const link = await page.getByLabel('Invitation link').inputValue()

  const theirs = await browser.newContext(baseURL ? { baseURL } : {})
  const other = await theirs.newPage()
  await open(other, new URL(link).pathname + new URL(link).search)
  await other.getByRole('link', { name: 'Create an account' }).click()
  await other.getByLabel('Your name').fill(viewer.name)
  await other.getByLabel('E-mail').fill(viewer.email)
  await other.getByLabel('Password').fill(viewer.password)
  await other.getByRole('button', { name: 'Create an account' }).click()
  await other.getByRole('button', { name: 'Join' }).click()
  await expect(other.getByText(/actions? waits? for you/)).toBeVisible()
  await expect(other.getByRole('button', { name: 'Approve' })).toHaveCount(0)
  await theirs.close()

  await open(page, '/team')
  await expect(page.getByRole('row', { name: viewer.email })).toContainText('Viewer')
  expect((await operator.api.get<{ items: object[] }>('/members')).items).toHaveLength(2)
})

test('a token is seen once, works as far as it may, and ends when it is taken back', async ({
  owned: page,
  request,
}) => {
  await open(page, '/tokens')
  await page.getByLabel('Name', { exact: true }).fill('Bookkeeping')
  await page.getByLabel('actions:read').check()
  await page.getByRole('button', { name: 'Make a token' }).click()
  const secret = await page.getByRole('textbox', { name: 'Token' }).inputValue()
  await expectAccessible(page)
  const ask = async (path: string) =>
    (await request.get(path, { headers: { authorization: `Bearer ${secret}` } })).status()
  expect(await ask('/v1/actions')).toBe(200)
  expect(await ask('/v1/audit')).toBe(403)

  await open(page, '/tokens')
  expect(await page.content()).not.toContain(secret)
  await page.getByRole('button', { name: 'Revoke Bookkeeping' }).click()
  await expect(page.getByText('Revoked')).toBeVisible()
  expect(await ask('/v1/actions')).toBe(401)
})
