import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { newOperator, type Operator } from './operator.ts'
import type { Seed } from './product.ts'

export { expect }

interface Fixtures {
  /** An organisation that no other test knows, with actions that wait. */
  operator: Operator
  /** A page that its owner is signed in on. */
  owned: Page
}

/** Tests on the running product. */
export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => use(seeded().url), // oxlint-disable-line no-empty-pattern
  operator: async ({ baseURL }, use) => use(await newOperator(baseURL ?? '', seeded().books)),
  owned: async ({ context, operator }, use) => {
    await context.addCookies((await operator.api.context.storageState()).cookies)
    await use(await context.newPage())
  },
})

export const seeded = (): Seed => JSON.parse(process.env['BIZQ_TEST_SEED'] ?? '{}') as Seed

/** Opens a page and waits until its script has taken over. */
export async function open(page: Page, path: string, status = 200): Promise<void> {
  const answer = await page.goto(path)
  expect(answer?.status(), path).toBe(status)
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', 'true')
}

/** Nothing that axe finds wrong, by light and by dark, and nothing that hangs over the edge. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // A page that lives may be looked at in the middle of a change: what is wrong stays wrong.
    let found = await violationsOf(page)
    for (let again = 0; again < 2 && found.length > 0; again += 1) found = await violationsOf(page)
    expect.soft(found, `${page.url()} in ${colorScheme}`).toEqual([])
  }
  await expectToFit(page)
}

async function violationsOf(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  axe.options({ rules: { 'target-size': { enabled: true } } })
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** The page does not scroll sideways; what is wider scrolls within itself. */
export async function expectToFit(page: Page): Promise<void> {
  const [wanted, has] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return [scrollWidth, clientWidth] as const
  })
  expect.soft(wanted, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(has)
}
