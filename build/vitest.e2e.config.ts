import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 600_000,
    fileParallelism: false,
    // A browser on a busy machine may miss a moment once; what is broken fails twice.
    retry: 1,
    pool: 'forks',
  },
})
