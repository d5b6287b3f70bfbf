import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'platform',
    include: [
      'src/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      'stripe-simulator/**/*.test.ts',
      'simulation/**/*.test.ts',
    ],
    globalSetup: [`${import.meta.dirname}/test/global-setup.ts`],
    pool: 'forks',
    maxWorkers: 2,
    // A busy machine may need long for what it does at once otherwise.
    expect: { poll: { timeout: 45_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
