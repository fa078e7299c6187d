import type { SessionConsumer } from './consumer.ts';
import type { Deadline } from './deadlines.ts';
import type { QueuedMessage } from './message.ts';

/** A message in a consumer's hands. */
export interface MessageLock {
  /** 32 hexadecimal digits. */
  readonly token: string;
  readonly message: QueuedMessage;
  /** In a session the message is locked for as long as the session is. */
  readonly session: SessionLock | undefined;
  untilMs: number;
  deadline: Deadline | undefined;
}

/** A session in a consumer's hands. */
export interface SessionLock {
  readonly sessionId: string;
  readonly consumer: SessionConsumer;
  /** The messages of the session that the consumer has not settled. */
  readonly held: Set<MessageLock>;
  untilMs: number;
  deadline: Deadline | undefined;
}

/** Until when, in milliseconds since 1970, the consumer may settle the message. */
export function lockedUntilMs(lock: MessageLock): number {
  return lock.session?.untilMs ?? lock.untilMs;
}
