import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Look } from './looks/look.ts'
import { appLooks, portalLooks } from './pages.ts'
import { expect, expectAccessible, open, seeded, test } from './test.ts'

const root = join(import.meta.dirname, '../..')

for (const [app, looks] of [
  ['marketplace-ui', appLooks],
  ['portal', portalLooks],
] as const) {
  test(`no page of ${app} goes unlooked at`, () => {
    const routes = globSync('**/+page.svelte', { cwd: join(root, app, 'src/routes') })
    const looked = new Set(looks.map(({ route }) => route))
    expect([...looked].sort()).toEqual(routes.map((file) => dirname(file).replace(/^\.$/, '')).sort())
  })

  for (const look of looks) lookAt(look, app)
}

function lookAt({ route, path, shows, as = 'owner', act }: Look, app: string): void {
  const title = [`${app}/${route}`, as, shows, act?.what].filter(Boolean).join(', ')
  test.describe(title, () => {
    // oxlint-disable-next-line no-empty-pattern
    test.use({ storageState: async ({}, use) => use(as === 'stranger' ? undefined : seeded().states[as]) })

    test('is accessible by light and dark, and fits the screen', async ({ page }) => {
      await open(page, path(seeded()))
      await expect(page.getByText(shows).filter({ visible: true }).first()).toBeVisible({ timeout: 60_000 })
      await act?.run(page)
      await expectAccessible(page)
    })
  })
}

test('an address that leads nowhere says so, accessibly', async ({ page }) => {
  await open(page, '/nowhere', 404)
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await expectAccessible(page)
})
