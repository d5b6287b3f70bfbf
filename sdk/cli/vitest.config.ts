import { defineConfig } from 'vitest/config'

// Most of these start processes of their own, on machines that may be busy.
export default defineConfig({
  test: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
