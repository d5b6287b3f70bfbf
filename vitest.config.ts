import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'sdk',
      'sdk/sandbox',
      'sdk/cli',
      'sdk/create-provider',
      'certification',
      'platform',
      'providers-examples/*',
    ],
    maxWorkers: 2,
  },
})
