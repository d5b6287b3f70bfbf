import type { Page } from '@playwright/test'
import type { Seed } from '../product.ts'
import { press, type Look } from './look.ts'

const business = (rest: string) => (seed: Seed) => `/businesses/${seed.shop}${rest}`
const subscription = (rest: string) => (seed: Seed) => `/subscriptions/${seed.receivables}${rest}`

const decide: Look[] = [
  { route: '(app)', path: () => '/', shows: 'at stake' },
  { route: '(app)', path: () => '/?group=none', shows: 'at stake', act: openWhy() },
  {
    route: '(app)',
    path: () => '/',
    shows: 'at stake',
    act: { what: 'Edit', run: (page) => page.getByRole('link', { name: 'Edit' }).first().click() },
  },
  {
    route: '(app)',
    path: () => '/',
    shows: 'at stake',
    act: { what: 'Reject', run: (page) => page.getByRole('link', { name: 'Reject' }).first().click() },
  },
  {
    route: '(app)',
    path: () => '/',
    shows: 'at stake',
    act: { what: 'all keys', run: (page) => page.keyboard.press('?') },
  },
  {
    route: '(app)',
    path: () => '/',
    shows: 'at stake',
    act: {
      what: 'the command bar',
      run: async (page) => {
        await page.keyboard.press('Control+k')
        await page.getByPlaceholder('Go to, run, decide …').waitFor()
      },
    },
  },
  { route: '(app)', path: () => '/', shows: 'at stake', as: 'viewer' },
  ...(
    [
      ['proposed', 'Approve with changes'],
      ['approved', 'Approved by Maya Thornton'],
      ['applied', 'Carried out: Done'],
      ['undone', 'Undone'],
      ['rejected', 'Rejected by Maya Thornton'],
    ] as const
  ).map(([state, shows]) => ({
    route: '(app)/actions/[action]',
    path: (seed: Seed) => `/actions/${seed.actions[state]}`,
    shows,
  })),
]

function openWhy() {
  return {
    what: 'Why',
    run: async (page: Page) => {
      await page.getByRole('link', { name: 'Why' }).first().click()
      await page.getByText('What your policies say').first().waitFor()
    },
  }
}

const businesses: Look[] = [
  { route: '(app)/businesses', path: () => '/businesses', shows: 'Midland Works' },
  { route: '(app)/businesses/new', path: () => '/businesses/new', shows: 'Time zone' },
  { route: '(app)/businesses/[business]', path: business(''), shows: 'Profit and loss by category' },
  { route: '(app)/businesses/[business]/data', path: business('/data'), shows: 'Order lines' },
  { route: '(app)/businesses/[business]/data/[dataset]', path: business('/data/invoices'), shows: /^INV-/ },
  {
    route: '(app)/businesses/[business]/data/[dataset]',
    path: business('/data/orderLines'),
    shows: 'Product',
  },
  {
    route: '(app)/businesses/[business]/data/[dataset]/[record]',
    path: (seed) => `/businesses/${seed.shop}/data/invoices/${seed.record}`,
    shows: 'The day that it is due.',
  },
  { route: '(app)/businesses/[business]/imports', path: business('/imports'), shows: 'online-retail.csv' },
  ...(['asking', 'halfBroken', 'undone'] as const).map((which) => ({
    route: '(app)/businesses/[business]/imports/[import]',
    path: ({ imports }: Seed) => `/businesses/${imports.business}/imports/${imports[which]}`,
    shows: {
      asking: 'What each column means',
      halfBroken: 'Rows that could not be read',
      undone: 'This import was undone.',
    }[which],
  })),
  { route: '(app)/businesses/[business]/services', path: business('/services'), shows: 'Inventory Planner' },
  { route: '(app)/businesses/[business]/privacy', path: business('/privacy'), shows: 'Fence off a dataset' },
  { route: '(app)/businesses/[business]/settings', path: business('/settings'), shows: 'Currency' },
]

const compared = [
  'cash-flow-optimizer',
  'receivables-accelerator',
  'expense-categoriser',
  'inventory-planner',
]
const services: Look[] = [
  { route: '(app)/services', path: () => '/services', shows: 'Expense Categoriser' },
  {
    route: '(app)/services/[service]',
    path: () => '/services/receivables-accelerator',
    shows: 'What it reads, and why',
  },
  {
    route: '(app)/services/[service]/subscribe',
    path: (seed) => `/services/receivables-accelerator/subscribe?business=${seed.shop}`,
    shows: 'As the provider sees them',
  },
  {
    route: '(app)/services/[service]/subscribe',
    path: (seed) => `/services/contact-keeper/subscribe?business=${seed.shop}&personal=customers.email`,
    shows: 'Your consent to personal data',
  },
  {
    route: '(app)/services/[service]/subscribe',
    path: () => '/services/receivables-accelerator/subscribe',
    shows: 'Harbour Gifts',
  },
  {
    route: '(app)/services/compare',
    path: () => `/services/compare?${compared.map((name) => `service=${name}`).join('&')}`,
    shows: 'Expense Categoriser',
  },
  { route: '(app)/services/mine', path: () => '/services/mine', shows: 'Paused' },
  { route: '(app)/subscriptions/[subscription]', path: subscription(''), shows: 'Last runs' },
  {
    route: '(app)/subscriptions/[subscription]',
    path: (seed) => `/subscriptions/${seed.paused}`,
    shows: 'Paused',
  },
  {
    route: '(app)/subscriptions/[subscription]/settings',
    path: (seed) => `/subscriptions/${seed.cancelled}/settings`,
    shows: 'Cancelled',
  },
  { route: '(app)/subscriptions/[subscription]/runs', path: subscription('/runs'), shows: 'Succeeded' },
  {
    route: '(app)/subscriptions/[subscription]/left',
    path: subscription('/left'),
    shows: 'What it may read',
  },
  {
    route: '(app)/subscriptions/[subscription]/settings',
    path: subscription('/settings'),
    shows: 'Cancel this subscription',
  },
  {
    route: '(app)/executions/[execution]',
    path: (seed) => `/executions/${seed.execution}`,
    shows: 'Receipt',
  },
]

const organisation: Look[] = [
  { route: '(app)/more', path: () => '/more', shows: 'Outbox' },
  { route: '(app)/carry-over', path: () => '/carry-over', shows: 'See the action' },
  { route: '(app)/tasks', path: () => '/tasks', shows: 'No tasks' },
  { route: '(app)/outbox', path: () => '/outbox', shows: 'Harbour Gifts' },
  { route: '(app)/audit', path: () => '/audit', shows: 'action.decide' },
  { route: '(app)/audit/verify', path: () => '/audit/verify', shows: 'Signed head that you kept' },
  { route: '(app)/policies', path: () => '/policies', shows: 'Large bills need two of us' },
  {
    route: '(app)/policies/[policy]',
    path: (seed) => `/policies/${seed.policy}`,
    shows: 'Try on past actions',
    act: {
      what: 'Try',
      run: async (page) => {
        await press('Try on past actions').run(page)
        await page.getByRole('heading', { name: 'What it would have done' }).waitFor()
      },
    },
  },
  { route: '(app)/policies/[policy]', path: () => '/policies/new', shows: 'When all of these hold' },
  { route: '(app)/policies/[policy]', path: (seed) => `/policies/${seed.base}`, shows: 'Ask for the first' },
  { route: '(app)/team', path: () => '/team', shows: 'tom@quayside.example' },
  { route: '(app)/tokens', path: () => '/tokens', shows: 'Bookkeeping' },
  { route: '(app)/webhooks', path: () => '/webhooks', shows: 'https://hooks.quayside.example/bizq' },
  {
    route: '(app)/webhooks/[endpoint]',
    path: (seed) => `/webhooks/${seed.endpoint}`,
    shows: 'action.applied',
  },
  { route: '(app)/settings', path: () => '/settings', shows: 'Appearance' },
]

const entry: Look[] = [
  { route: '(auth)/sign-in', path: () => '/sign-in', shows: 'New here?', as: 'stranger' },
  {
    route: '(auth)/sign-in',
    path: () => '/sign-in',
    shows: 'New here?',
    as: 'stranger',
    act: {
      what: 'a wrong password',
      run: async (page) => {
        await page.getByLabel('E-mail').fill('nobody@quayside.example')
        await page.getByLabel('Password').fill('not the password')
        await press('Sign in').run(page)
        await page.getByRole('alert').waitFor()
      },
    },
  },
  { route: '(auth)/sign-up', path: () => '/sign-up', shows: 'Already have an account?', as: 'stranger' },
  { route: '(auth)/welcome', path: () => '/welcome', shows: 'Nell Ward', as: 'newcomer' },
  {
    route: '(auth)/join',
    path: (seed) => `/join?secret=${seed.invitation}`,
    shows: 'You join as',
    as: 'newcomer',
  },
]

/** The operators' pages. */
export const operatorLooks: Look[] = [...decide, ...businesses, ...services, ...organisation, ...entry]
