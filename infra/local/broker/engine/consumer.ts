import type { MessageLock } from './lock.ts';
import type { QueuedMessage } from './message.ts';

/** Who takes messages from a queue, or from one session of it. */
export interface Consumer {
  /** The name of its link: requests on the side refer to it. */
  readonly name: string;
  readonly mode: 'peekLock' | 'receiveAndDelete';
  /** How many more messages it takes now. */
  capacity(): number;
  /** Sets room for one message aside: `deliver` follows, perhaps later. */
  reserve(): void;
  /** Hands over a message; without a lock it is already deleted. False: the consumer is gone and did not get it. */
  deliver(message: QueuedMessage, lock: MessageLock | undefined): boolean;
}

/** A consumer of one session. */
export interface SessionConsumer extends Consumer {
  /** The session is no longer its own. */
  sessionLost(): void;
}

/** A consumer that waits for whichever session is free next. */
export interface SessionSeeker extends SessionConsumer {
  granted(sessionId: string, lockedUntilMs: number): void;
  timedOut(): void;
}
