import type { Page } from '@playwright/test'
import { expect, open, test } from './test.ts'

const focused = (page: Page) => page.locator('*:focus')
const cards = (page: Page) => page.locator('[data-card]')

/** The id of the card that holds the focus. */
const current = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('[data-card]')?.getAttribute('data-card') ?? null)

test.describe('with the keyboard alone', () => {
  test.skip(({ isMobile }) => isMobile, 'a phone has no keyboard')

  test('one approves, takes back, edits and rejects', async ({ owned: page }) => {
    await open(page, '/?group=none')
    const all = await cards(page).count()
    await page.keyboard.press('j')
    const first = await current(page)
    await page.keyboard.press('a')
    await expect(cards(page)).toHaveCount(all - 1)
    expect(await current(page), 'the next card has the focus').not.toBe(first)
    await expect(focused(page)).toHaveAttribute('data-card', /^act_/)
    await page.keyboard.press('u')
    await expect(page.getByText('Undone.')).toBeVisible()

    await open(page, '/?group=none')
    const left = await cards(page).count()
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    const sheet = page.getByRole('dialog', { name: 'Edit and approve' })
    await expect(sheet).toBeVisible()
    await tabTo(page, 'Approve with changes')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Approved with your change.')).toBeVisible()
    await expect(cards(page)).toHaveCount(left - 1)

    await page.keyboard.press('j')
    await page.keyboard.press('r')
    await expect(page.getByRole('dialog', { name: 'Reject' })).toBeVisible()
    await tabTo(page, 'wrong-facts')
    await page.keyboard.press('ArrowDown')
    await expect(page.getByLabel('Not now')).toBeChecked()
    await tabTo(page, 'Reject')
    await page.keyboard.press('Enter')
    await expect(page.getByText('Rejected.').first()).toBeVisible()
    await expect(cards(page)).toHaveCount(left - 2)
  })

  test('one selects several and approves them together', async ({ owned: page }) => {
    await open(page, '/?group=none')
    const all = await cards(page).count()
    const free = page.locator('[data-card]:has(input[name=item]:not([disabled]))')
    const count = await free.count()
    expect(count).toBeGreaterThan(1)
    for (const card of await free.all()) {
      await card.focus()
      await page.keyboard.press('x')
    }
    await expect(page.getByText(`${count} selected`)).toBeVisible()
    await tabTo(page, 'Approve selected')
    await page.keyboard.press('Enter')
    await expect(page.getByText(`${count} approved.`)).toBeVisible()
    await expect(cards(page)).toHaveCount(all - count)
  })

  test('one reads all keys, and goes anywhere from the command bar', async ({ owned: page }) => {
    await open(page, '/')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Go to, run, decide …').fill('audit')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/audit$/)
  })

  test('one skips to the content, and always sees where one is', async ({ owned: page }) => {
    for (const path of ['/', '/services/cash-flow-optimizer/subscribe', '/settings', '/tokens']) {
      await open(page, path)
      await page.keyboard.press('Tab')
      await expect(focused(page)).toHaveText('Skip to content')
      await page.keyboard.press('Enter')
      await expect(focused(page)).toHaveAttribute('id', 'main')
      for (let stop = 0; stop < 20; stop += 1) {
        await page.keyboard.press('Tab')
        expect(await seenFocus(page), `${path}, stop ${stop + 1}`).toBe('')
      }
    }
  })
})

/** Moves on with Tab until the element of that name, or that value, has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stop = 0; stop < 80; stop += 1) {
    await page.keyboard.press('Tab')
    const is = await page.evaluate((wanted) => {
      const element = document.activeElement
      return element?.textContent?.trim() === wanted || (element as HTMLInputElement | null)?.value === wanted
    }, name)
    if (is) return
  }
  throw new Error(`${name} was not reached with Tab`)
}

/** Empty when what has the focus, or the label around it, has an outline within the window; else what is wrong. */
function seenFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return ''
    const outlined = [element, element.closest('label')].some((one) => {
      const style = one && getComputedStyle(one)
      return style && style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1
    })
    const { top, bottom } = element.getBoundingClientRect()
    if (!outlined) return `${element.outerHTML.slice(0, 200)} shows no focus`
    return bottom > 0 && top < innerHeight ? '' : `${element.outerHTML.slice(0, 200)} is out of view`
  })
}
