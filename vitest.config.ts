import { defineConfig } from 'vitest/config'

const project = (name: string, folders: string[], options: object = {}) => ({
  test: { name, include: folders.map(folder => `tests/${folder}/**/*.test.ts`), ...options },
})

export default defineConfig({
  test: {
    projects: [
      project('fast', ['clock', 'phone', 'store', 'web', 'cli', 'telephone']),
      // Real calls share one Asterisk and look at the clock: one file at a time.
      project('calls', ['calls'], {
        testTimeout: 90_000,
        hookTimeout: 60_000,
        fileParallelism: false,
      }),
      project('browser', ['browser'], { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false }),
    ],
  },
})
