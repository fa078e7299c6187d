import { defineConfig } from 'vitest/config';

const limits = { testTimeout: 15_000, hookTimeout: 30_000 };

/** Whole folders of tests that leave nothing behind in their process. */
const units = [
  'test/shared/**/*.test.ts',
  'test/infra/tools/**/*.test.ts',
  'test/infra/bicep/**/*.test.ts',
  'test/infra/local/broker/{codec,engine,store}/*.test.ts',
  'test/infra/local/host/!(host-*|main|function-runner).test.ts',
  'test/infra/local/simulators/*/*.test.ts',
];

/** Tests that replace modules or count timers: they need a process in which nobody did anything before. */
const alone = [
  'test/shared/relay/**/*.test.ts',
  'test/shared/auth/azure-credential.test.ts',
  'test/shared/destinations/connect.test.ts',
  'test/shared/destinations/nimbus/connect.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/build-once.ts'],
    pool: 'forks',
    // More than the two cores that the limit of three minutes is for: many tests wait for processes and timers.
    maxWorkers: 3,
    projects: [
      {
        // Loading the sources anew for each of many small files would take longer than running them.
        test: { name: 'units', include: units, exclude: alone, isolate: false, ...limits },
      },
      { test: { name: 'alone', include: alone, ...limits } },
      {
        test: { name: 'processes', include: ['test/**/*.test.ts'], exclude: ['test/interop/**', ...units], ...limits },
      },
    ],
  },
});
