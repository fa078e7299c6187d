import { TransientError } from '../errors.ts';

/**
 * Makes a call, unless the last one of its name was told to wait and that time is not over: then nothing is sent, and it
 * fails as that one did, with the rest of the wait as `retryAfterMs`.
 *
 * Each name waits by itself. EnreachAPI does not document what its limit counts, and a wait that only the list of queues
 * was given must not keep the relay from coming back to the hub.
 */
export type HoldBack = <Result>(name: string, call: () => Promise<Result>) => Promise<Result>;

/** @param clock milliseconds since the epoch */
export function createHoldBack(clock: () => number): HoldBack {
  const waits = new Map<string, { readonly refusal: TransientError; readonly untilMs: number }>();
  return async (name, call) => {
    const wait = waits.get(name);
    const leftMs = wait === undefined ? 0 : wait.untilMs - clock();
    if (wait !== undefined && leftMs > 0) {
      const { message, httpStatus } = wait.refusal;
      throw new TransientError(message, { httpStatus, retryAfterMs: leftMs });
    }
    try {
      return await call();
    } catch (error) {
      if (error instanceof TransientError && error.retryAfterMs !== undefined) {
        waits.set(name, { refusal: error, untilMs: clock() + error.retryAfterMs });
      }
      throw error;
    }
  };
}
