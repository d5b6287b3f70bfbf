import type { Page } from '@playwright/test'
import { expect, open } from './test.ts'

/** Opens the submission of a service in the queue, answers the checklist and approves, as a certifier does. */
export async function approveInPortal(page: Page, service: string): Promise<void> {
  const name = new RegExp(service.replaceAll('-', '[- ]'), 'i')
  await open(page, '/portal/certifier')
  await page.getByRole('link', { name }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  const decide = page.locator('form', { has: page.getByLabel('Reasons, or your question') })
  for (const question of await decide.locator('ol').getByRole('group').all())
    await question.getByRole('radio', { name: 'Yes' }).check()
  await decide.getByRole('radio', { name: 'Approve' }).check()
  await page
    .getByLabel('Reasons, or your question')
    .fill('It reminds of what is late and of nothing else; its words are fit to be sent.')
  await decide.getByRole('button', { name: 'Decide' }).click()
  await expect(page).toHaveURL(/\/portal\/certifier\?decided=/)
}
