import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'architecture', testTimeout: 120_000, include: ['test/architecture/**/*.test.ts'] },
})
