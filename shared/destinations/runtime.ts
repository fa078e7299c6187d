/** What every destination's client needs of the process it runs in. */
export interface DestinationRuntime {
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How long one call may take. */
  readonly timeoutMs: number;
}
