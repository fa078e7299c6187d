import type { JournalRecord, RecordHeader } from '../store/journal.ts';
import type { Consumer } from './consumer.ts';
import { type EngineContext, Transaction } from './context.ts';
import { BrokerError, CONDITION } from './errors.ts';
import { lockedUntilMs, type MessageLock, type SessionLock } from './lock.ts';
import type { DeliveryStamp, MessageContent, PropertyChanges, QueuedMessage } from './message.ts';
import { MessageLocks } from './message-locks.ts';
import { PlainDispatch } from './plain-dispatch.ts';
import { type MessageOrigin, newQueuedMessage } from './queued-message.ts';
import { changeRecord, putRecord, RECORD_BYTES, removeRecord, sequenceRecord, sessionRecord } from './records.ts';
import { SessionDispatch } from './session-dispatch.ts';

export interface MessageQueueOptions {
  /** As clients spell it: `queue`, `topic/Subscriptions/name`, `.../$DeadLetterQueue`. */
  readonly path: string;
  readonly requiresSession: boolean;
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  /** Infinity: messages do not expire. */
  readonly defaultTtlMs: number;
  readonly deadLetterOnExpiry: boolean;
  /** Where undeliverable messages go. A dead-letter queue has none itself, and keeps its messages for ever. */
  readonly deadLetterQueue: MessageQueue | undefined;
}

const NO_SESSION_ID = 'Session ID is null';

/** The messages of a queue, a subscription or a dead-letter queue, and what may happen to each of them. */
export class MessageQueue {
  readonly options: MessageQueueOptions;
  /** One of the two, by whether the queue has sessions. */
  readonly plain: PlainDispatch | undefined;
  readonly sessions: SessionDispatch | undefined;
  readonly locks: MessageLocks;
  readonly #context: EngineContext;
  readonly #messages = new Map<number, QueuedMessage>();
  #lastSequence = 0;
  #storedBytes = 0;

  constructor(options: MessageQueueOptions, context: EngineContext) {
    this.options = options;
    this.#context = context;
    this.locks = new MessageLocks({
      context,
      lockDurationMs: options.lockDurationMs,
      isSessionHeld: (session) => this.sessions?.isHeld(session) === true,
      expired: (lock) => this.#giveBack(lock, true),
    });
    if (options.requiresSession) {
      this.sessions = new SessionDispatch({
        context,
        lockDurationMs: options.lockDurationMs,
        handOut: (message, consumer, session) => this.#handOut(message, consumer, session),
        giveBack: (lock, counted) => this.#giveBack(lock, counted),
      });
    } else {
      this.plain = new PlainDispatch((message, consumer) => this.#handOut(message, consumer, undefined));
    }
  }

  get path(): string {
    return this.options.path;
  }

  /** About what a snapshot of the queue takes, in bytes. */
  get snapshotBytes(): number {
    return this.#storedBytes + this.#messages.size * RECORD_BYTES;
  }

  nextSequence(): number {
    this.#lastSequence += 1;
    return this.#lastSequence;
  }

  /** Takes a message in. It is delivered and visible from the moment the transaction is safe. */
  admit(transaction: Transaction, content: MessageContent, origin: MessageOrigin = {}): void {
    if (this.options.requiresSession && content.sessionId === undefined && this.options.deadLetterQueue !== undefined) {
      const reason = deadLetterProperties(
        NO_SESSION_ID,
        'A session-enabled entity takes only messages with a session.',
      );
      this.#admitToDeadLetters(transaction, content.withProperties(reason), origin);
      return;
    }
    const message = this.#newMessage(content, origin);
    transaction.add(putRecord(this.path, message));
    transaction.whenSafe(() => {
      if (this.#messages.get(message.sequence) === message && message.status === 'arriving') this.#return(message);
    });
    this.#insert(message);
  }

  /** Deletes a message for good. Like every settlement, throws when the lock no longer holds. */
  complete(lock: MessageLock): void {
    const message = this.locks.open(lock);
    const transaction = new Transaction(this.#context.journal);
    this.#remove(transaction, message);
    transaction.commit();
  }

  /** Gives a message back: it is the next to be delivered, unless that was its last chance. */
  abandon(lock: MessageLock, changes: PropertyChanges): void {
    this.#countAndReturn(this.locks.open(lock), changes);
  }

  /** Gives a message back as if it had not been delivered. */
  release(lock: MessageLock): void {
    this.#return(this.locks.open(lock));
  }

  /** Sets a message aside: it is delivered only when asked for by its number. */
  defer(lock: MessageLock, changes: PropertyChanges): void {
    const message = this.locks.open(lock);
    message.deferred = true;
    this.#recordChange(message, changes);
    this.#return(message);
  }

  deadLetter(lock: MessageLock, changes: PropertyChanges): void {
    if (this.options.deadLetterQueue === undefined) {
      throw new BrokerError(CONDITION.notAllowed, 'A message of a dead-letter queue cannot be dead-lettered again.');
    }
    this.#moveToDeadLetters(this.locks.open(lock), changes);
  }

  /**
   * Takes deferred messages by their numbers: all of them or, when one is not to be had, none.
   * Those of a session go to whoever holds it. Without a mode of peek-lock they are deleted.
   */
  receiveDeferred(
    sequences: readonly number[],
    mode: Consumer['mode'],
    session: SessionLock | undefined,
  ): { message: QueuedMessage; lock: MessageLock | undefined }[] {
    const messages = sequences.map((sequence) => {
      const message = this.#messages.get(sequence);
      const inReach = !this.options.requiresSession || message?.content.sessionId === session?.sessionId;
      if (message?.status === 'deferred' && inReach) return message;
      throw new BrokerError(
        CONDITION.messageNotFound,
        `No deferred message has the sequence number ${sequence} in '${this.path}'.`,
      );
    });
    const transaction = new Transaction(this.#context.journal);
    const received = messages.map((message) => {
      if (mode === 'peekLock') return { message, lock: this.locks.add(message, session) };
      this.#remove(transaction, message);
      return { message, lock: undefined };
    });
    transaction.commit();
    return received;
  }

  /** All messages that exist, in any order. */
  *messages(): Iterable<QueuedMessage> {
    for (const message of this.#messages.values()) if (message.status !== 'arriving') yield message;
  }

  stampOf(message: QueuedMessage, lock?: MessageLock): DeliveryStamp {
    const { sequence, enqueuedSequence, enqueuedAtMs, expiresAtMs, deliveryCount, deadLetterSource } = message;
    return {
      ...{ sequence, enqueuedSequence, enqueuedAtMs, expiresAtMs, deliveryCount, deadLetterSource },
      lockedUntilMs: lock && lockedUntilMs(lock),
      state: message.deferred ? 'deferred' : 'active',
    };
  }

  setSessionState(sessions: SessionDispatch, sessionId: string, state: Buffer | undefined): void {
    sessions.setState(sessionId, state);
    this.#context.journal.append([sessionRecord(this.path, sessionId, state)]);
  }

  /** Repeats a change from the journal. Nothing is delivered before `start`. */
  apply(header: RecordHeader, content: () => MessageContent, body: Buffer): void {
    switch (header.type) {
      case 'put': {
        const previous = this.#messages.get(header.sequence);
        if (previous !== undefined) this.#forget(previous);
        const message = this.#newMessage(content(), { ...header, expiresAtMs: header.expiresAtMs ?? Infinity });
        message.deferred = header.deferred;
        this.#insert(message);
        break;
      }
      case 'change': {
        const message = this.#messages.get(header.sequence);
        if (message === undefined) break;
        message.deliveryCount = header.deliveryCount;
        message.deferred = header.deferred;
        break;
      }
      case 'remove': {
        const message = this.#messages.get(header.sequence);
        if (message !== undefined) this.#forget(message);
        break;
      }
      case 'session':
        this.sessions?.setState(header.sessionId, header.present ? Buffer.from(body) : undefined);
        break;
    }
    if ('sequence' in header) this.#lastSequence = Math.max(this.#lastSequence, header.sequence);
    if ('last' in header) this.#lastSequence = Math.max(this.#lastSequence, header.last);
  }

  /** Begins to deliver what the journal gave back. */
  start(): void {
    for (const message of [...this.#messages.values()]) {
      if (message.status !== 'arriving') continue;
      if (this.options.requiresSession && message.content.sessionId === undefined) {
        this.#moveToDeadLetters(message, deadLetterProperties(NO_SESSION_ID, 'The entity became session-enabled.'));
      } else {
        this.#return(message);
      }
    }
  }

  *snapshot(): Iterable<JournalRecord> {
    yield sequenceRecord(this.path, this.#lastSequence);
    for (const message of this.#messages.values()) yield putRecord(this.path, message);
    for (const { sessionId, state } of this.sessions?.states() ?? []) yield sessionRecord(this.path, sessionId, state);
  }

  #handOut(message: QueuedMessage, consumer: Consumer, session: SessionLock | undefined): void {
    if (message.expiresAtMs <= this.#context.clock()) {
      this.#expire(message);
      return;
    }
    consumer.reserve();
    if (consumer.mode === 'peekLock') {
      consumer.deliver(message, this.locks.add(message, session));
      return;
    }
    const transaction = new Transaction(this.#context.journal);
    this.#remove(transaction, message);
    // Deleted before it leaves: after a crash in between it must not come a second time.
    transaction.whenSafe(() => {
      if (!consumer.deliver(message, undefined)) this.#restore(message);
    });
    transaction.commit();
  }

  /** Takes a message back from a consumer that lost its lock or went away. */
  #giveBack(lock: MessageLock, counted: boolean): void {
    this.locks.drop(lock);
    if (counted) this.#countAndReturn(lock.message, new Map());
    else this.#return(lock.message);
  }

  #countAndReturn(message: QueuedMessage, changes: PropertyChanges): void {
    message.deliveryCount += 1;
    const { maxDeliveryCount, deadLetterQueue } = this.options;
    if (deadLetterQueue !== undefined && message.deliveryCount >= maxDeliveryCount) {
      const description = `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`;
      const reason = deadLetterProperties('MaxDeliveryCountExceeded', description);
      this.#moveToDeadLetters(message, new Map([...changes, ...reason]));
      return;
    }
    this.#recordChange(message, changes);
    this.#return(message);
  }

  #recordChange(message: QueuedMessage, changes: PropertyChanges): void {
    if (changes.size > 0) {
      this.#storedBytes -= message.content.stored.length;
      message.content = message.content.withProperties(changes);
      this.#storedBytes += message.content.stored.length;
      this.#context.journal.append([putRecord(this.path, message)]);
      return;
    }
    this.#context.journal.append([changeRecord(this.path, message)]);
  }

  /** Makes a message that nobody holds deliverable, unless its time is over. */
  #return(message: QueuedMessage): void {
    if (message.expiresAtMs <= this.#context.clock()) {
      this.#expire(message);
      return;
    }
    message.status = message.deferred ? 'deferred' : 'ready';
    if (message.status === 'ready') (this.sessions ?? this.plain)?.ready(message);
  }

  #expire(message: QueuedMessage): void {
    if (this.options.deadLetterOnExpiry && this.options.deadLetterQueue !== undefined) {
      const description = 'The message expired and was dead lettered.';
      this.#moveToDeadLetters(message, deadLetterProperties('TTLExpiredException', description));
      return;
    }
    const transaction = new Transaction(this.#context.journal);
    this.#remove(transaction, message);
    transaction.commit();
  }

  #moveToDeadLetters(message: QueuedMessage, changes: PropertyChanges): void {
    const transaction = new Transaction(this.#context.journal);
    this.#remove(transaction, message);
    const { sequence, enqueuedSequence, enqueuedAtMs, deliveryCount } = message;
    const origin = { sequence, enqueuedSequence, enqueuedAtMs, deliveryCount };
    this.#admitToDeadLetters(transaction, message.content.withProperties(changes), origin);
    transaction.commit();
  }

  #admitToDeadLetters(transaction: Transaction, content: MessageContent, origin: MessageOrigin): void {
    const sequence = origin.sequence ?? this.nextSequence();
    const there = { ...origin, sequence, expiresAtMs: Infinity, deadLetterSource: this.path };
    this.options.deadLetterQueue?.admit(transaction, content, there);
  }

  /** Puts a message back that was deleted for a consumer that never got it. */
  #restore(message: QueuedMessage): void {
    const transaction = new Transaction(this.#context.journal);
    this.admit(transaction, message.content, message);
    transaction.commit();
  }

  #newMessage(content: MessageContent, origin: MessageOrigin): QueuedMessage {
    const sequence = origin.sequence ?? this.nextSequence();
    const nowMs = this.#context.clock();
    const { defaultTtlMs } = this.options;
    return newQueuedMessage(content, { ...origin, sequence, nowMs, defaultTtlMs });
  }

  #insert(message: QueuedMessage): void {
    this.#messages.set(message.sequence, message);
    this.#storedBytes += message.content.stored.length;
    if (message.expiresAtMs === Infinity) return;
    message.expiryEntry = this.#context.deadlines.at(message.expiresAtMs, () => {
      // A locked message may still be settled; it expires when it comes back.
      if (message.status === 'ready' || message.status === 'deferred') this.#expire(message);
    });
  }

  #remove(transaction: Transaction, message: QueuedMessage): void {
    transaction.add(removeRecord(this.path, message.sequence));
    this.#forget(message);
  }

  #forget(message: QueuedMessage): void {
    (this.sessions ?? this.plain)?.withdraw(message);
    this.#context.deadlines.cancel(message.expiryEntry);
    this.#messages.delete(message.sequence);
    this.#storedBytes -= message.content.stored.length;
  }
}

/** What a dead-lettered message says about itself. */
export function deadLetterProperties(reason: string, description: string): PropertyChanges {
  return new Map([
    ['DeadLetterReason', reason],
    ['DeadLetterErrorDescription', description],
  ]);
}
