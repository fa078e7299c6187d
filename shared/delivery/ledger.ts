/** Names one step of one route for one event: the unit that must have exactly one effect. */
export interface DeliveryKey {
  /** Source and id of the event, hashed: fits table keys and message ids. */
  readonly event: string;
  readonly route: string;
  readonly step: number;
}

/** What the ledger says when a delivery asks to be carried out. */
export type Claim =
  /** Nobody has it. `mayHaveRun`: an earlier attempt reached out to the destination and its effect is not known. */
  | { readonly kind: 'claimed'; readonly mayHaveRun: boolean; readonly version: string }
  /** It was carried out before, with this result. */
  | { readonly kind: 'done'; readonly result: unknown }
  /** It was given up before. */
  | { readonly kind: 'failed' }
  /** Another process has it until then (milliseconds since the epoch). */
  | { readonly kind: 'busy'; readonly untilMs: number };

/** Remembers what each delivery did. Every method rejects with a TransientError when the table does not answer. */
export interface Ledger {
  claim(key: DeliveryKey, nowMs: number, claimMs: number): Promise<Claim>;
  /** Gives a claim back after an attempt that reached out to the destination; a later attempt takes it again. */
  release(key: DeliveryKey, version: string): Promise<void>;
  complete(key: DeliveryKey, version: string, result: unknown): Promise<void>;
  fail(key: DeliveryKey, version: string): Promise<void>;
  /** The stored outcome of a delivery, or undefined when the ledger has none. */
  lookUp(key: DeliveryKey): Promise<LedgerEntry | undefined>;
}

export interface LedgerEntry {
  readonly state: 'open' | 'claimed' | 'done' | 'failed';
  readonly mayHaveRun: boolean;
  /** Milliseconds since the epoch; meaningful in state `claimed`. */
  readonly claimedUntilMs: number;
  readonly result: unknown;
}
