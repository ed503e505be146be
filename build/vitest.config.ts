import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['test/{unit,property,golden,integration,renderer,architecture}/**/*.test.ts'],
    testTimeout: 60_000,
    setupFiles: ['test/renderer/window-workers.ts'],
    pool: 'forks',
  },
})
