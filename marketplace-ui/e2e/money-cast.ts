import type { Browser, Page } from '@playwright/test'
import { enter, enterAs } from './api.ts'
import { giveCard } from './furnish/payers.ts'
import { openOffice, type Office } from './office.ts'
import { newPerson } from './operator.ts'
import type { Line } from './reckoning.ts'
import { newSeller, type Seller } from './seller.ts'
import { expect, expectAccessible, open, seeded, test } from './test.ts'

export interface Money {
  amount: number
  currency: string
}
export interface Invoice {
  id: string
  number: string
  state: string
  period: { from: string }
  paidAt: string
  card: Money
  lines: (Line & { subscription: string | null; refunded: Money })[]
}

/** Everybody of the story, and what they are told. */
export interface Cast {
  office: Office
  /** 80 % of what its two services come to. */
  usual: Seller
  /** 90 %: a launch provider, whose first hundred customers are BizQ’s guests. */
  launch: Seller
  operator: Page
  admin: Page
}

/** A page of who is signed in, which keeps what a browser complains of. */
async function watch(browser: Browser, storageState: string | object, faults: string[]): Promise<Page> {
  const { isMobile, hasTouch, viewport } = test.info().project.use
  const context = await browser.newContext({
    baseURL: seeded().url,
    storageState: storageState as string,
    reducedMotion: 'reduce',
    isMobile: isMobile ?? false,
    hasTouch: hasTouch ?? false,
    viewport: viewport ?? null,
  })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
  return page
}

export const pageOf = async (browser: Browser, { api }: Seller, faults: string[]): Promise<Page> =>
  watch(browser, await api.context.storageState(), faults)

/** What BizQ pays for guests and by credit comes out of what others pay it, in the same currency: somebody on a large plan. */
async function fund(url: string, mark: string): Promise<void> {
  const api = await enter(url, 'sign-up', newPerson('Ferdinand Adler'))
  await api.post('/organisations', { name: `Adler ${mark}`, kind: 'operator' })
  await api.put('/billing/plan', { plan: 'enterprise', currency: 'EUR' })
  await giveCard(api, '4000000000000077')
  await api.post('/billing/test-clock/advance', { days: 15 })
}

/** Publishes three services, names one provider a launch provider in the portal, and opens an operator’s office. */
export async function assemble(browser: Browser, mark: string, faults: string[]): Promise<Cast> {
  const { url, states } = seeded()
  const certifier = await enterAs(url, states.certifier)
  const [usual, launch, office] = await Promise.all([
    newSeller(url, { name: `Keel ${mark}`, prices: [48, 29], certifier }),
    newSeller(url, { name: `Larch ${mark}`, prices: [39], certifier }),
    openOffice(url, test.info().outputPath(), 1),
    fund(url, mark),
  ])
  const admin = await watch(browser, states.admin, faults)
  await open(admin, '/portal/admin/money/offers')
  const form = admin.locator('form[action="?/launch"]')
  await form.getByLabel('Provider').selectOption({ label: launch.name })
  await form.getByRole('button', { name: 'Name it' }).click()
  await expect(admin.getByText('It is a launch provider from now on.')).toBeVisible()
  await expectAccessible(admin)
  const operator = await watch(browser, await office.api.context.storageState(), faults)
  return { office, usual, launch, admin, operator }
}
