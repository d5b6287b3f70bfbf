import type { Page } from '@playwright/test'
import type { Look } from './look.ts'

const billing = '(app)/billing'
const plan = `${billing}/plan`
const fold = {
  what: 'the lines of a business',
  run: async (page: Page) => {
    await page.getByText('Marlowe Books').last().click()
    await page.getByText('Change the cap').first().click()
  },
}

/** An account in each state that it may be in. */
const states: Look[] = [
  { route: billing, path: () => '/billing', as: 'trialling', shows: 'Starter begins on' },
  { route: billing, path: () => '/billing', as: 'overdue', shows: 'Pay with another card' },
  { route: billing, path: () => '/billing', as: 'lastDays', shows: 'is still not paid' },
  { route: billing, path: () => '/billing', as: 'held', shows: 'Services are paused' },
  { route: billing, path: () => '/billing', as: 'planless', shows: 'You are on no plan' },
  { route: billing, path: () => '/billing', as: 'resting', shows: 'rest under your plan' },
  { route: '(app)', path: () => '/', as: 'held', shows: 'Services are paused' },
  { route: plan, path: () => '/billing/plan?plan=starter', as: 'resting', shows: 'Which businesses rest' },
  { route: plan, path: () => '/billing/plan?plan=professional', as: 'resting', shows: '2 businesses wake' },
  {
    route: plan,
    path: () => '/billing/plan?plan=starter&currency=GBP',
    as: 'planless',
    shows: 'The first month',
  },
]

/** What operators see of what they pay. */
export const billingLooks: Look[] = [
  ...states,
  { route: billing, path: () => '/billing', as: 'billed', shows: 'Cap reached', act: fold },
  { route: billing, path: () => '/billing', as: 'viewer', shows: 'The next invoice' },
  { route: plan, path: () => '/billing/plan?plan=enterprise', shows: 'Enterprise: what it comes to' },
  {
    route: '(app)/billing/invoices',
    path: () => '/billing/invoices',
    as: 'billed',
    shows: 'What was asked',
  },
  {
    route: '(app)/billing/invoices/[invoice]',
    path: (seed) => `/billing/invoices/${seed.billed.invoice}`,
    as: 'billed',
    shows: 'Two mornings on which nobody could sign in',
  },
  { route: '(app)/billing/costs', path: () => '/billing/costs', as: 'billed', shows: 'Marlowe Books' },
  {
    route: '(app)/subscriptions/[subscription]',
    path: (seed) => `/subscriptions/${seed.billed.near}`,
    as: 'billed',
    shows: 'Near its cap',
  },
  {
    route: '(app)/services/[service]',
    path: (seed) => `/services/${seed.billed.service}`,
    as: 'billed',
    shows: 'You are billed in USD',
  },
]
