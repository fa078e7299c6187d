import { expect } from 'vitest';

/** `expect.poll` with time for programs to start and end on a busy machine. */
export function patiently<T>(probe: () => T) {
  return expect.poll(probe, { timeout: 30_000, interval: 20 });
}
