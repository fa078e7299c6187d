import type { CloudEvent } from '../../events/cloud-event.ts';
import type { RteMessage } from '../../events/rte/rte-message.ts';

/**
 * How relays that hear the same hub share the work. `single`: there is one. `pair`: all send, and the bus drops the
 * copies. `standby`: one sends, the others are ready to take over.
 */
export type RelayMode = 'single' | 'pair' | 'standby';

/** Takes an event on its way to the bus. */
export type Emit = (event: CloudEvent, mergeKey: string | undefined) => void;

export interface IdentifierStatus {
  readonly mode: RelayMode;
  /** `joining`: messages are held until it is clear what the other relays call them. */
  readonly state: 'down' | 'joining' | 'synced';
  /** The part of the ids that changes with every new agreement. */
  readonly epoch: string | undefined;
  readonly isSending: boolean;
  /** Messages that wait for their id. */
  readonly held: number;
  /** Other relays that were alive when the table was last read. */
  readonly peers: number;
  /** Events that it could not keep until the relay that sends had them confirmed; lost only if that one has died. */
  readonly forgotten: number;
}

/** Gives messages their event ids: one per occurrence, the same in all relays that receive it. */
export interface Identifier {
  /** All subscriptions are active (again). */
  up(): void;
  /** The hub is lost: messages are missed until the next `up`. */
  down(): void;
  /** Emits the event now or later, in the order of arrival. Messages may come before `up`; none is lost. */
  receive(message: RteMessage, receivedAtMs: number): void;
  status(): IdentifierStatus;
  /** Leaves the other relays. Everything that is this relay's to send has been emitted when it resolves. */
  close(): Promise<void>;
}
