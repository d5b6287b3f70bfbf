import type { Seed } from '../product.ts'
import type { Look } from './look.ts'

const route = 'certifier/submissions/[release]'
const submission = (query: string) => (seed: Seed) =>
  `/portal/certifier/submissions/${seed.submission}${query}`

/** What a certifier works with. */
export const certifierLooks: Look[] = [
  { route: 'certifier', path: () => '/portal/certifier', shows: 'Waits since', as: 'certifier' },
  { route, path: submission(''), shows: 'What a machine cannot judge', as: 'certifier' },
  { route, path: submission('?show=bundle'), shows: /Laid out for reading/, as: 'certifier' },
  { route, path: submission('?show=new'), shows: /2\.0\.0/, as: 'certifier' },
  { route, path: submission('?show=documents'), shows: 'README.md', as: 'certifier' },
  {
    route,
    path: submission(''),
    shows: 'What a machine cannot judge',
    as: 'certifier',
    act: {
      what: 'Keep answers',
      run: async (page) => {
        await page.getByRole('button', { name: 'Keep answers' }).click()
        await page.getByText('Your answers are kept.').waitFor()
      },
    },
  },
  {
    route: 'certifier/decisions',
    path: () => '/portal/certifier/decisions',
    shows: 'Inventory Planner',
    as: 'certifier',
  },
]
