import type { Consumer, SessionConsumer, SessionSeeker } from './consumer.ts';
import type { EngineContext } from './context.ts';
import type { Deadline } from './deadlines.ts';
import { BrokerError, CONDITION, sessionLockLost } from './errors.ts';
import type { MessageLock, SessionLock } from './lock.ts';
import type { QueuedMessage } from './message.ts';
import { OrderedHeap } from './ordered-heap.ts';

interface Session {
  readonly id: string;
  readonly ready: OrderedHeap<QueuedMessage>;
  state: Buffer | undefined;
  lock: SessionLock | undefined;
}

interface SessionDispatchOptions {
  readonly context: EngineContext;
  readonly lockDurationMs: number;
  readonly handOut: (message: QueuedMessage, consumer: Consumer, lock: SessionLock) => void;
  /** A session ended with messages unsettled: they go back, one delivery richer if `counted`. */
  readonly giveBack: (lock: MessageLock, counted: boolean) => void;
}

/** Gives whole sessions to consumers, and to each the messages of its session, lowest number first. */
export class SessionDispatch {
  readonly #options: SessionDispatchOptions;
  readonly #sessions = new Map<string, Session>();
  /** Sessions with messages that nobody holds, in the order in which they became so. */
  readonly #free = new Set<Session>();
  /** Those who wait for a free session, longest first. */
  readonly #seekers = new Map<SessionSeeker, Deadline>();
  readonly #locks = new Map<Consumer, SessionLock>();

  constructor(options: SessionDispatchOptions) {
    this.#options = options;
  }

  ready(message: QueuedMessage): void {
    const session = this.#session(message.content.sessionId ?? '');
    message.readyEntry = session.ready.add(message.sequence, message);
    if (session.lock === undefined) this.#offer(session);
    else this.#pump(session, session.lock);
  }

  withdraw(message: QueuedMessage): void {
    const session = this.#sessions.get(message.content.sessionId ?? '');
    if (message.readyEntry === undefined || session === undefined) return;
    session.ready.remove(message.readyEntry);
    message.readyEntry = undefined;
    this.#tidy(session);
  }

  /** Locks one session. Throws when somebody else holds it. */
  accept(sessionId: string, consumer: SessionConsumer): SessionLock {
    const session = this.#session(sessionId);
    if (session.lock !== undefined) {
      throw new BrokerError(
        CONDITION.sessionCannotBeLocked,
        `The requested session '${sessionId}' cannot be accepted: another receiver holds its lock.`,
      );
    }
    return this.#lock(session, consumer);
  }

  /** Locks the next free session for the seeker, now or as soon as there is one within the time. */
  seek(seeker: SessionSeeker, timeoutMs: number): void {
    const [session] = this.#free;
    if (session !== undefined) {
      this.#grant(session, seeker);
      return;
    }
    const { clock, deadlines } = this.#options.context;
    const deadline = deadlines.at(clock() + timeoutMs, () => {
      this.#seekers.delete(seeker);
      seeker.timedOut();
    });
    this.#seekers.set(seeker, deadline);
  }

  /** The consumer has room for more messages. */
  wake(consumer: Consumer): void {
    const lock = this.#locks.get(consumer);
    const session = lock && this.#sessions.get(lock.sessionId);
    if (lock !== undefined && session !== undefined) this.#pump(session, lock);
  }

  /** The consumer goes away: what it did not settle returns uncounted, and the session is free at once. */
  leave(consumer: Consumer): void {
    for (const [seeker, deadline] of this.#seekers) {
      if (seeker !== consumer) continue;
      this.#options.context.deadlines.cancel(deadline);
      this.#seekers.delete(seeker);
    }
    const lock = this.#locks.get(consumer);
    if (lock !== undefined) this.#release(lock, false);
  }

  isHeld(lock: SessionLock): boolean {
    return this.#sessions.get(lock.sessionId)?.lock === lock && lock.untilMs > this.#options.context.clock();
  }

  /**
   * The lock of a session, for a request on the side. `holder` is the link that the request belongs to, when it says so.
   * Throws when the session is not held by it.
   */
  heldLock(sessionId: string, holder: string | undefined): SessionLock {
    const lock = this.#sessions.get(sessionId)?.lock;
    if (lock === undefined || !this.isHeld(lock) || (holder !== undefined && holder !== lock.consumer.name)) {
      throw sessionLockLost(sessionId);
    }
    return lock;
  }

  /** Extends a lock; gives its new end. */
  renew(lock: SessionLock): number {
    const { clock, deadlines } = this.#options.context;
    deadlines.cancel(lock.deadline);
    lock.untilMs = clock() + this.#options.lockDurationMs;
    lock.deadline = deadlines.at(lock.untilMs, () => this.#expire(lock));
    return lock.untilMs;
  }

  stateOf(sessionId: string): Buffer | undefined {
    return this.#sessions.get(sessionId)?.state;
  }

  setState(sessionId: string, state: Buffer | undefined): void {
    const session = this.#session(sessionId);
    session.state = state;
    this.#tidy(session);
  }

  *states(): Iterable<{ sessionId: string; state: Buffer }> {
    for (const { id, state } of this.#sessions.values()) if (state !== undefined) yield { sessionId: id, state };
  }

  #session(id: string): Session {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = { id, ready: new OrderedHeap(), state: undefined, lock: undefined };
      this.#sessions.set(id, session);
    }
    return session;
  }

  #offer(session: Session): void {
    const [seeker] = this.#seekers.keys();
    if (seeker === undefined) {
      this.#free.add(session);
      return;
    }
    this.#options.context.deadlines.cancel(this.#seekers.get(seeker));
    this.#seekers.delete(seeker);
    this.#grant(session, seeker);
  }

  #grant(session: Session, seeker: SessionSeeker): void {
    const lock = this.#lock(session, seeker);
    seeker.granted(session.id, lock.untilMs);
  }

  #lock(session: Session, consumer: SessionConsumer): SessionLock {
    this.#free.delete(session);
    const lock: SessionLock = { sessionId: session.id, consumer, held: new Set(), untilMs: 0, deadline: undefined };
    session.lock = lock;
    this.#locks.set(consumer, lock);
    this.renew(lock);
    return lock;
  }

  #expire(lock: SessionLock): void {
    this.#release(lock, true);
    lock.consumer.sessionLost();
  }

  #release(lock: SessionLock, counted: boolean): void {
    this.#options.context.deadlines.cancel(lock.deadline);
    this.#locks.delete(lock.consumer);
    const session = this.#session(lock.sessionId);
    lock.untilMs = Number.NEGATIVE_INFINITY;
    // All messages return before anyone else may take the session: the first of them must come first.
    for (const held of lock.held) this.#options.giveBack(held, counted);
    session.lock = undefined;
    if (session.ready.size > 0) this.#offer(session);
    else this.#tidy(session);
  }

  #pump(session: Session, lock: SessionLock): void {
    for (let entry = session.ready.first; entry !== undefined; entry = session.ready.first) {
      if (!this.isHeld(lock) || lock.consumer.capacity() <= 0) return;
      session.ready.remove(entry);
      entry.value.readyEntry = undefined;
      this.#options.handOut(entry.value, lock.consumer, lock);
    }
  }

  /** Forgets a session of which nothing is left, and stops offering one without messages. */
  #tidy(session: Session): void {
    if (session.ready.size > 0) return;
    this.#free.delete(session);
    if (session.lock === undefined && session.state === undefined) this.#sessions.delete(session.id);
  }
}
