import type { Locator, Page } from '@playwright/test'
import { expect, expectToFit, open, test } from './test.ts'

test.describe('with a thumb', () => {
  test.skip(({ isMobile }) => !isMobile, 'a desk has no touch')

  test('one approves with a swipe to the right, and takes it back', async ({ owned: page }) => {
    await open(page, '/?group=none')
    const cards = page.locator('[data-card]')
    const all = await cards.count()
    await swipe(page, cards.first(), 200)
    await expect(page.getByText('Approved.').first()).toBeVisible()
    await expect(cards).toHaveCount(all - 1)
    await page.getByRole('button', { name: 'Undo' }).first().click()
    await expect(page.getByText('Undone.').first()).toBeVisible()
  })

  test('one rejects with a swipe to the left and a reason', async ({ owned: page }) => {
    await open(page, '/?group=none')
    const cards = page.locator('[data-card]')
    const all = await cards.count()
    await swipe(page, cards.first(), -200)
    const dialog = page.getByRole('dialog', { name: 'Reject' })
    await dialog.getByText('Not now').click()
    await dialog.getByRole('button', { name: 'Reject' }).click()
    await expect(page.getByText('Rejected.').first()).toBeVisible()
    await expect(cards).toHaveCount(all - 1)
    await expectToFit(page)
  })

  test('a list that changes under the thumb does not take its card away', async ({
    owned: page,
    operator: { api },
  }) => {
    await open(page, '/?group=none')
    const cards = page.locator('[data-card]')
    const all = await cards.count()
    const thumb = await touch(page, cards.first(), -200)
    await thumb.move(0.2, 0.8)
    const other = await cards.last().getAttribute('data-card')
    const { version } = await api.get<{ version: string }>(`/actions/${other}`)
    await api.post(`/actions/${other}/decision`, { decision: 'approve', version })
    await expect(cards).toHaveCount(all - 1)
    await thumb.move(0.8, 1)
    await thumb.end()
    await expect(page.getByRole('dialog', { name: 'Reject' })).toBeVisible()
  })

  test('every place is one tap from the home screen, and wide enough for a thumb', async ({
    owned: page,
  }) => {
    await open(page, '/')
    const bar = page.getByRole('navigation', { name: 'Main' }).filter({ visible: true })
    for (const name of ['Businesses', 'Services', 'More', 'Decide']) {
      const link = bar.getByRole('link', { name })
      const box = await link.boundingBox()
      expect(box?.height).toBeGreaterThanOrEqual(44)
      expect(box?.width).toBeGreaterThanOrEqual(44)
      await link.tap()
      await expect(link).toHaveAttribute('aria-current', 'page')
    }
  })
})

/** Touches the card on its sentence, and moves by so many pixels. */
async function swipe(page: Page, card: Locator, by: number): Promise<void> {
  const thumb = await touch(page, card, by)
  await thumb.move(0, 1)
  await thumb.end()
}

/** A thumb on the card's sentence: it moves from one part of its way to another. */
async function touch(page: Page, card: Locator, by: number) {
  await card.scrollIntoViewIfNeeded()
  const box = (await card.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const x = by > 0 ? box.x + 40 : box.x + box.width - 40
  const y = box.y + box.height / 3
  const client = await page.context().newCDPSession(page)
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
    client.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x: at, y }] })
  await send('touchStart', x)
  return {
    move: async (from: number, to: number) => {
      for (let step = 1; step <= 8; step += 1)
        await send('touchMove', x + by * (from + ((to - from) * step) / 8))
    },
    end: () => send('touchEnd'),
  }
}
