import type { OutgoingMessage } from '../../bus/bus.ts';

/** Where an event is kept on disk: the n-th sound frame of a segment, counted from 0. */
export interface SpoolPlace {
  readonly segment: number;
  readonly ordinal: number;
}

/** An event on its way through the outbox. */
export interface OutboxItem {
  /** The event as JSON; serialised once, for the bus and the spool alike. */
  readonly body: Buffer;
  /** Snapshots only: newer ones with the same key replace this one. */
  readonly mergeKey: string | undefined;
  /**
   * When it was put, or a moment before, in milliseconds since the epoch. Of what an earlier process left, when its spool
   * was found.
   */
  readonly putMs: number;
  /** `memory`: nowhere else. `queued`: the spool will write it. `writing`: it may be on disk. `stored`: it is, at `place`. */
  state: 'memory' | 'queued' | 'writing' | 'stored';
  place: SpoolPlace | undefined;
  /** Whether a pipeline has it, so that it must not be read from the spool as well. */
  isInPipeline: boolean;
  /** Confirmed by the bus, replaced by a newer one, or set aside: nothing more is to be done about it. */
  isSettled: boolean;
}

/** An event with the message that carries it. */
export interface SendableItem extends OutboxItem {
  readonly message: OutgoingMessage;
}

/** What an event takes beside its body, in memory and in a message: its attributes, once more as properties. */
export const EVENT_OVERHEAD_BYTES = 1_024;

/** About how many bytes an event takes, in memory as well as on the wire. */
export function itemBytes({ body }: OutboxItem): number {
  return body.length + EVENT_OVERHEAD_BYTES;
}
