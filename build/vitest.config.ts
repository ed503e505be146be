import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,property,golden,integration,architecture}/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
  },
})
