import { defineConfig } from 'vitest/config'

const project = (name: string, folders: string[], options: object = {}) => ({
  test: { name, include: folders.map(folder => `tests/${folder}/**/*.test.ts`), ...options },
})

export default defineConfig({
  test: {
    projects: [
      project(
        'fast',
        [
          'clock',
          'phone',
          'store',
          'mail',
          'web',
          'status',
          'backup',
          'cli',
          'pbx-config',
          'telephone',
          'csv',
          'export',
          'webhooks',
          'faults',
          'service',
        ],
        {
          globalSetup: 'scripts/rig/build.ts',
          setupFiles: 'tests/support/query-plans.ts',
          testTimeout: 30_000,
          maxWorkers: '100%',
          // A process and its modules serve file after file: to start and load them anew for each took a fifth of the time.
          isolate: false,
        },
      ),
      // Real calls take their own time and leave the cores idle; each worker has ports of its own.
      project('calls', ['calls', 'whole'], {
        globalSetup: 'scripts/rig/build.ts',
        testTimeout: 120_000,
        hookTimeout: 60_000,
        maxConcurrency: 30,
        maxWorkers: 3,
      }),
      // What is timed has the machine to itself.
      project('timing', ['timing'], {
        globalSetup: 'scripts/rig/build.ts',
        testTimeout: 120_000,
        hookTimeout: 60_000,
        maxWorkers: 1,
      }),
      project('package', ['package'], { testTimeout: 120_000, hookTimeout: 240_000 }),
      project('browser', ['browser'], {
        globalSetup: 'scripts/rig/build.ts',
        testTimeout: 120_000,
        hookTimeout: 60_000,
        maxWorkers: 2,
      }),
    ],
  },
})
