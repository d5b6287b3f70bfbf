import { defineConfig } from '@playwright/test'
import { findChromium } from './e2e/chromium.ts'

const chromium = await findChromium()
const isOnServer = Boolean(process.env['CI'])

/** The browser tests, on the built product: one installation for all of them, started by `product.ts`. */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/product.ts',
  workers: 2,
  fullyParallel: true,
  retries: isOnServer ? 1 : 0,
  forbidOnly: isOnServer,
  reporter: 'line',
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    actionTimeout: 45_000,
    launchOptions: chromium,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'desk', use: { viewport: { width: 1440, height: 900 } } },
    { name: 'phone', use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
  ],
})
