import { defineConfig } from 'vitest/config'

// The tests are compiled with the sources and run from `dist`, so what is tested is what ships:
// worker threads, child processes and the CLI start from the same files as for a user.
export default defineConfig({
  test: {
    include: ['packages/*/dist/**/*.test.js', 'bench/dist/**/*.test.js'],
    exclude: ['**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/test-summary.mjs'],
  },
})
