import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**'],
    globalSetup: ['test/helpers/build-once.ts'],
    pool: 'forks',
    // More than the two cores that the limit of three minutes is for: many tests wait for processes and timers.
    maxWorkers: 3,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
