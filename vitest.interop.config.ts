import { defineConfig } from 'vitest/config';

/** Checks against the real thing, which need more than Node: each says so and skips where that is missing. */
export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 60_000,
  },
});
