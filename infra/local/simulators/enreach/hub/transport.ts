/**
 * - `reset`: TCP reset; what was under way is lost.
 * - `end`: the stream ends without a word, after all that was sent before.
 */
export type Severing = 'reset' | 'end';

/** The way of records to one client. */
export interface Transport {
  readonly name: 'WebSockets' | 'ServerSentEvents' | 'LongPolling';
  /** What waits in this process because the client reads too slowly. */
  readonly bufferedBytes: number;
  send(records: string | Buffer): void;
  /** Ends in order, after all that was sent before. */
  finish(): void;
  sever(how: Severing): void;
  /** Stops reading and leaves the TCP connection as it is. */
  fallSilent(): void;
  /** Holds what is sent back until `uncork`, to write it at once. */
  cork(): void;
  uncork(): void;
}

/** What a transport tells the connection that it carries. */
export interface TransportListener {
  received(text: string): void;
  /** The client is gone. Told once. */
  closed(): void;
}
