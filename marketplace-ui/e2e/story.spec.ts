import type { Locator, Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import type { Upload } from './api.ts'
import { newPerson } from './operator.ts'
import { expect, expectAccessible, open, seeded, test } from './test.ts'

test('from signing up to cancelling', async ({ page, context, isMobile }) => {
  test.setTimeout(360_000)
  await test.step('sign up, sign out and sign in', () => signUp(page))
  const business = await test.step('add a business', () => addBusiness(page))
  await test.step('import a shop’s order lines, and watch them land', () => watchImport(page, business))
  await test.step('import the bank’s books', async () => {
    for (const file of seeded().books) await importFile(page, business, file)
  })

  const queue = await context.newPage()
  await open(queue, '/')
  await expect(queue.getByText('Nothing waits for you')).toBeVisible()
  await test.step('see what the provider would see', () => seeConsent(page, business))
  const subscription = await test.step('subscribe', () => subscribe(page))
  await test.step('what it proposes arrives without a reload, with real names', () => seeArrive(queue))
  const action = await test.step('approve one, and see it carried out', () => approve(page, queue, isMobile))
  await test.step('take it back, and see what that did', () => takeBack(page, action))
  await test.step('the run has a receipt, and is reproduced', () => replay(page, subscription))
  await test.step('the audit log tells it, is whole, and a forged copy is found out', () => verifyAudit(page))
  await test.step('stop everything, and start again', () => stopAndStart(page, subscription))
  await test.step('cancel', () => cancel(page, queue, subscription))
})

async function signUp(page: Page): Promise<void> {
  const { name, email, password } = newPerson('Ada Vance')
  await open(page, '/sign-up')
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Organisation').fill('Vance Holdings')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await expect(page.getByRole('heading', { name: 'Decide', level: 1 })).toBeVisible()

  await open(page, '/more')
  await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Decide', level: 1 })).toBeVisible()
}

async function addBusiness(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Add a business' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Makers’ Yard')
  await page.getByLabel('Country').selectOption('US')
  await page.getByLabel('Currency').selectOption('USD')
  await page.getByLabel('Time zone').selectOption('America/New_York')
  await page.getByRole('button', { name: 'Add a business' }).click()
  await expect(page.getByRole('heading', { name: 'Makers’ Yard', level: 1 })).toBeVisible()
  return new URL(page.url()).pathname.split('/').slice(0, 3).join('/')
}

/** Uploads a file and says what its columns mean; resolves before the rows are read. */
async function upload(page: Page, business: string, file: Upload): Promise<void> {
  await open(page, `${business}/imports`)
  await page.getByLabel('Choose a file, or drop it here').setInputFiles(file.path)
  await page.getByRole('button', { name: 'Upload' }).click()
  await expect(page.getByRole('heading', { name: 'What each column means' })).toBeVisible({ timeout: 60_000 })
  const dataset = page.getByLabel('Each row is one of')
  if ((await dataset.inputValue()) !== file.mapping?.dataset) {
    await dataset.selectOption(file.mapping?.dataset ?? '')
    await expect(page).toHaveURL(new RegExp(`dataset=${file.mapping?.dataset}$`))
    await expect(page.locator(`input[name=dataset][value=${file.mapping?.dataset}]`)).toHaveCount(1)
  }
  for (const [header, field] of Object.entries(file.mapping?.columns ?? {}))
    await page.getByLabel(`Meaning of ${header}`, { exact: true }).selectOption(field)
  await page.getByRole('button', { name: 'Import with this meaning' }).click()
}

async function importFile(page: Page, business: string, file: Upload): Promise<void> {
  await upload(page, business, file)
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 90_000 })
}

async function watchImport(page: Page, business: string): Promise<void> {
  await keepProgress(page)
  await importFile(page, business, seeded().orderLines)
  const said = await page.evaluate(() => document.documentElement.dataset['progress']?.split('|') ?? [])
  expect(said.filter((line) => /^[\d,]+ rows read, 0 rejected$/.test(line)).length).toBeGreaterThan(1)
  await expect(page.getByText('Rows that could not be read')).toHaveCount(0)
  await expectAccessible(page)
}

/** Keeps what the progress bar says from now on, however briefly it is there. */
async function keepProgress(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const said = new Set<string>()
    new MutationObserver(() => {
      const bar = document.querySelector('[role=progressbar]')
      const label = document.getElementById(bar?.getAttribute('aria-labelledby') ?? '')?.textContent?.trim()
      if (label) said.add(label)
      const all = [...said].join('|')
      if (document.documentElement.dataset['progress'] !== all)
        document.documentElement.dataset['progress'] = all
    }).observe(document, { subtree: true, childList: true, characterData: true })
  })
}

async function seeConsent(page: Page, business: string): Promise<void> {
  await open(page, '/services/cash-flow-optimizer/subscribe')
  await page.getByRole('link', { name: 'Makers’ Yard' }).click()
  await expect(page).toHaveURL(new RegExp(`business=${business.split('/').at(-1)}`))
  await expect(page.getByRole('region', { name: 'As the provider sees them' }).first()).toBeVisible()
  for (const what of ['Accounts', 'Bills', 'Transactions']) {
    const shown = page.locator('section').filter({ has: page.getByRole('heading', { name: what, level: 2 }) })
    const yours = await amountsIn(shown.getByRole('region', { name: `Your rows: ${what}` }))
    const theirs = await amountsIn(shown.getByRole('region', { name: `As the provider sees them: ${what}` }))
    expect(yours.length).toBeGreaterThan(0)
    expect(theirs.length).toBe(yours.length)
    expect(theirs.filter((amount) => yours.includes(amount))).toEqual([])
  }
  await expectAccessible(page)
}

async function amountsIn(table: Locator): Promise<string[]> {
  const cells = await table.getByRole('cell').allInnerTexts()
  return cells.filter((text) => /\$[\d,]+\.\d\d/.test(text))
}

async function subscribe(page: Page): Promise<string> {
  await page.getByLabel('Runway weeks').fill('8')
  await page.getByRole('button', { name: 'Agree and subscribe' }).click()
  await expect(page.getByText('Cash Flow Optimizer is subscribed')).toBeVisible()
  return new URL(page.url()).pathname
}

async function seeArrive(queue: Page): Promise<void> {
  await expect(queue.getByText(/actions? waits? for you/)).toBeVisible({ timeout: 90_000 })
  const bills = await readFile(seeded().books.find(({ name }) => name === 'bills.csv')?.path ?? '', 'utf8')
  for (const card of await queue.locator('[data-card] :is(h2, h3)').allTextContents()) {
    const supplier = /^Move (.+)’s bill of /.exec(card.trim())?.[1] ?? 'nobody'
    expect(bills).toContain(supplier)
  }
  await expectAccessible(queue)
}

/** By keyboard on the desk, by tap on the phone; another page sees it carried out. Resolves to the action's path. */
async function approve(page: Page, queue: Page, isMobile: boolean): Promise<string> {
  const card = queue.locator('[data-card]').filter({ visible: true }).first()
  const path = `/actions/${await card.getAttribute('data-card')}`
  await open(page, path)
  await expect(page.getByText('Waits', { exact: true }).first()).toBeVisible()
  if (isMobile) await card.getByRole('button', { name: 'Approve' }).tap()
  else {
    await card.focus()
    await queue.keyboard.press('a')
  }
  await expect(queue.getByText('Approved.').first()).toBeVisible()
  await expect(queue.locator(`[data-card="${path.split('/').at(-1)}"]`)).toHaveCount(0)
  await expect(page.getByText('Carried out: Done')).toBeVisible({ timeout: 60_000 })
  await expectAccessible(page)
  return path
}

/** The bill was moved as the sentence says, and stands as before after the undo. */
async function takeBack(page: Page, action: string): Promise<void> {
  const sentence = await page
    .getByText(/^Move .+’s bill of .+ from .+ to .+/)
    .first()
    .innerText()
  const [before, after] = (/ from (.+) to (.+)$/.exec(sentence) ?? []).slice(1).map(isoDay)
  const bill = await page.getByRole('table').locator('a[href*="/data/bills/"]').first().getAttribute('href')
  await open(page, bill ?? '')
  await expect(page.getByLabel('Due', { exact: true })).toHaveValue(after ?? '')
  await open(page, action)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Undone', { exact: true }).first()).toBeVisible({ timeout: 60_000 })
  await open(page, bill ?? '')
  await expect(page.getByLabel('Due', { exact: true })).toHaveValue(before ?? '')
}

const isoDay = (text: string) => {
  const day = new Date(`${text} UTC`)
  return day.toISOString().slice(0, 10)
}

async function replay(page: Page, subscription: string): Promise<void> {
  await open(page, subscription)
  const runs = page.getByRole('region', { name: 'Last runs' })
  await runs.getByRole('link').first().click()
  await expect(page.getByRole('heading', { name: 'Receipt' })).toBeVisible()
  await page.getByRole('button', { name: 'Replay' }).click()
  await expect(page.getByText('REPRODUCED', { exact: true })).toBeVisible({ timeout: 90_000 })
  await expectAccessible(page)
}

async function verifyAudit(page: Page): Promise<void> {
  await open(page, '/audit')
  for (const what of ['action.decide', 'action.apply', 'action.undo'])
    await expect(page.getByRole('table').getByText(what, { exact: true }).first()).toBeVisible()
  const arriving = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export' }).click()
  const text = await readFile(await (await arriving).path(), 'utf8')
  const lines = text.trimEnd().split('\n')
  expect(lines.every((line) => typeof JSON.parse(line) === 'object')).toBe(true)

  const verify = async (log: string) => {
    await open(page, '/audit/verify')
    const file = { name: 'log.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(log) }
    await page.getByLabel('Exported log').setInputFiles(file)
    await page.getByRole('main').getByRole('button', { name: 'Verify' }).click()
  }
  await verify(text)
  await expect(page.getByText('The log is whole')).toBeVisible()
  await expectAccessible(page)
  await verify(text.replace('"decision":"approve"', '"decision":"reject"'))
  await expect(page.getByText(/The log is not whole: \d+ faults?/)).toBeVisible()
  await expectAccessible(page)
  await verify(lines.toSpliced(1, 1).join('\n'))
  await expect(page.getByText(/The log is not whole: \d+ faults?/)).toBeVisible()
}

async function stopAndStart(page: Page, subscription: string): Promise<void> {
  await open(page, '/settings')
  await page.getByRole('main').getByRole('button', { name: 'Stop everything' }).click()
  await expect(page.getByText('Everything is stopped').first()).toBeVisible()
  await expectAccessible(page)
  await open(page, subscription)
  await page.getByRole('button', { name: 'Run now' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible()
  await page.getByRole('button', { name: 'Start again' }).first().click()
  await expect(page.getByText('Everything is stopped')).toHaveCount(0)
  await open(page, subscription)
  await page.getByRole('button', { name: 'Run now' }).click()
  await expect(page.getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: 90_000 })
}

async function cancel(page: Page, queue: Page, subscription: string): Promise<void> {
  await open(page, `${subscription}/settings`)
  await page.getByText('Cancel this subscription').click()
  await page.getByRole('button', { name: 'Cancel for good' }).click()
  await expect(page).toHaveURL(/\/services\/mine$/)
  await expect(page.getByRole('heading', { name: 'No services yet' })).toBeVisible()
  await open(page, subscription)
  await expect(page.getByText('Cancelled', { exact: true }).first()).toBeVisible()
  await expect(queue.getByText('Nothing waits for you')).toBeVisible({ timeout: 60_000 })
}
