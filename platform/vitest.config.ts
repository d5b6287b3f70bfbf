import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'platform',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: [`${import.meta.dirname}/test/global-setup.ts`],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
