import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Guests are bounded by their own limits; this is only for a machine that is very busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
