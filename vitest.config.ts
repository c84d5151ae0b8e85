import { defineConfig } from 'vitest/config'

const project = (name: string, folders: string[], options: object = {}) => ({
  test: { name, include: folders.map(folder => `tests/${folder}/**/*.test.ts`), ...options },
})

export default defineConfig({
  test: {
    projects: [
      project(
        'fast',
        ['clock', 'phone', 'store', 'mail', 'web', 'status', 'cli', 'telephone', 'csv', 'export', 'webhooks', 'faults'],
        {
          globalSetup: 'tests/support/build.ts',
          testTimeout: 30_000,
          maxWorkers: '100%',
        },
      ),
      // Real calls take their own time, side by side; each file has an Asterisk, on the same ports.
      project('calls', ['calls', 'whole'], {
        globalSetup: 'tests/support/build.ts',
        testTimeout: 120_000,
        hookTimeout: 60_000,
        maxConcurrency: 30,
        fileParallelism: false,
      }),
      project('browser', ['browser'], {
        globalSetup: 'tests/support/build.ts',
        testTimeout: 120_000,
        hookTimeout: 60_000,
        maxWorkers: 2,
      }),
    ],
  },
})
