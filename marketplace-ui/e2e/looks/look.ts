import type { Page } from '@playwright/test'
import type { Seed } from '../product.ts'

/** A page as it is looked at: where, signed in as whom, and a word of the content that it must hold. */
export interface Look {
  /** The folder of its +page.svelte below src/routes. */
  route: string
  path: (seed: Seed) => string
  shows: string | RegExp
  as?: keyof Seed['states'] | 'stranger'
  /** What is done on it first. */
  act?: { what: string; run: (page: Page) => Promise<unknown> }
}

/** Presses the first button of this name. */
export const press = (name: string) => ({
  what: name,
  run: (page: Page) => page.getByRole('button', { name, exact: true }).first().click(),
})
