import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import type { Seed } from './product.ts'

export { expect }

/** Tests on the running product. */
export const test = base.extend({
  baseURL: async ({}, use) => use(seeded().url), // oxlint-disable-line no-empty-pattern
})

export const seeded = (): Seed => JSON.parse(process.env['BIZQ_TEST_SEED'] ?? '{}') as Seed

/** Opens a page and waits until its script has taken over. */
export async function open(page: Page, path: string): Promise<void> {
  const answer = await page.goto(path)
  expect(answer?.status(), path).toBe(200)
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', 'true')
}

/** Nothing that axe finds wrong, by light and by dark, and nothing that hangs over the edge. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const axe = new AxeBuilder({ page })
    if (colorScheme === 'dark') axe.withRules(['color-contrast'])
    const { violations } = await axe.analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    expect.soft(found, `${page.url()} in ${colorScheme}`).toEqual([])
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect.soft(over, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0)
}
