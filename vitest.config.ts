import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['sdk', 'sdk/sandbox', 'sdk/cli', 'certification', 'platform', 'providers-examples/*'],
    maxWorkers: 2,
  },
})
