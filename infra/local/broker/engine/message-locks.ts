import type { EngineContext } from './context.ts';
import { BrokerError, CONDITION, messageLockLost, sessionLockLost } from './errors.ts';
import type { MessageLock, SessionLock } from './lock.ts';
import type { QueuedMessage } from './message.ts';

export interface MessageLocksOptions {
  readonly context: EngineContext;
  readonly lockDurationMs: number;
  readonly isSessionHeld: (session: SessionLock) => boolean;
  /** The lock's time is over; it is still in place. */
  readonly expired: (lock: MessageLock) => void;
}

/** Which messages of a queue are in whose hands, and until when. */
export class MessageLocks {
  readonly #options: MessageLocksOptions;
  readonly #locks = new Map<string, MessageLock>();

  constructor(options: MessageLocksOptions) {
    this.#options = options;
  }

  /** Locks a message for as long as its session is locked or, without one, for the queue's lock duration. */
  add(message: QueuedMessage, session: SessionLock | undefined): MessageLock {
    const token = this.#options.context.newToken();
    const lock: MessageLock = { token, message, session, untilMs: 0, deadline: undefined };
    message.status = 'locked';
    this.#locks.set(token, lock);
    if (session === undefined) this.renew(lock);
    else session.held.add(lock);
    return lock;
  }

  /** The lock with this token. Throws when there is none, or none any more. */
  find(token: string): MessageLock {
    const lock = this.#locks.get(token);
    if (lock === undefined || !this.#isHeld(lock)) throw messageLockLost();
    return lock;
  }

  /** Extends a lock; gives its new end. */
  renew(lock: MessageLock): number {
    if (lock.session !== undefined) {
      throw new BrokerError(
        CONDITION.notAllowed,
        'Messages of a session have no locks of their own: renew the session.',
      );
    }
    const { context, lockDurationMs, expired } = this.#options;
    context.deadlines.cancel(lock.deadline);
    lock.untilMs = context.clock() + lockDurationMs;
    lock.deadline = context.deadlines.at(lock.untilMs, () => expired(lock));
    return lock.untilMs;
  }

  /** Ends a lock for a settlement of its message. Throws when it no longer holds. */
  open(lock: MessageLock): QueuedMessage {
    if (!this.#isHeld(lock)) throw lock.session ? sessionLockLost(lock.session.sessionId) : messageLockLost();
    this.drop(lock);
    return lock.message;
  }

  /** Ends a lock, whether it still holds or not. */
  drop(lock: MessageLock): void {
    this.#locks.delete(lock.token);
    lock.session?.held.delete(lock);
    this.#options.context.deadlines.cancel(lock.deadline);
  }

  #isHeld(lock: MessageLock): boolean {
    if (this.#locks.get(lock.token) !== lock) return false;
    if (lock.session !== undefined) return this.#options.isSessionHeld(lock.session);
    return lock.untilMs > this.#options.context.clock();
  }
}
