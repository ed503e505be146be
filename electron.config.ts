/**
 * What is built, and into which files. Worker threads are entries of their own: code finds them beside itself.
 *
 * The packages under `dependencies` stay outside; everything else is bundled, so that an installed Godwit carries four
 * packages only.
 */

import { chmodSync } from 'node:fs'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

// The builder asks the package `electron` for its version, to know whether it may write ES modules. The command line is
// built without that package.
process.env['ELECTRON_MAJOR_VER'] ??= '45'

export default defineConfig({
  main: {
    // npx starts the file itself, and a fresh build is not executable.
    plugins: [{ name: 'godwit:executable', writeBundle: () => chmodSync('out/main/cli.js', 0o755) }],
    build: {
      target: 'node22.12',
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          cli: 'src-main/cli/entry.ts',
          shell: 'src-main/shell/main.ts',
          'store-worker': 'src-main/store/store-worker.ts',
          'run-worker': 'src-main/lab/run-worker.ts',
          'compressor-worker': 'src-main/agent/pages/compressor-worker.ts',
          'agents-worker': 'src-main/lab/agents-worker.ts',
          'agent-thread': 'src-main/agent/agent-thread.ts',
          'guest-thread': 'src-main/agent/guest/guest-thread.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: 'src-main/preload/preload.ts' },
        // A sandboxed preload script is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [vue()],
    build: {
      outDir: 'out/renderer',
      // Workers and lazily loaded views are files of their own; nothing is inlined, so the content policy stays strict.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: 'src-renderer/index.html' },
    },
    worker: { format: 'es' },
  },
})
