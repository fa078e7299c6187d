import type { JournalRecord } from '../store/journal.ts';
import { type EngineContext, Transaction } from './context.ts';
import type { Deadline } from './deadlines.ts';
import { BrokerError, CONDITION } from './errors.ts';
import type { MessageContent, ScheduledMessage } from './message.ts';
import { RECORD_BYTES, removeRecord, scheduleRecord } from './records.ts';

/** The messages of one queue or topic that wait for their time. */
export class ScheduledMessages {
  readonly #entity: string;
  readonly #context: EngineContext;
  readonly #arrive: (transaction: Transaction, content: MessageContent) => void;
  #storedBytes = 0;
  readonly #waiting = new Map<number, { message: ScheduledMessage; deadline: Deadline }>();

  /** `arrive` puts a message whose time has come where a message sent now would go. */
  constructor(
    entity: string,
    context: EngineContext,
    arrive: (transaction: Transaction, content: MessageContent) => void,
  ) {
    this.#entity = entity;
    this.#context = context;
    this.#arrive = arrive;
  }

  /** About what a snapshot of them takes, in bytes. */
  get snapshotBytes(): number {
    return this.#storedBytes + this.#waiting.size * RECORD_BYTES;
  }

  add(transaction: Transaction, message: ScheduledMessage): void {
    transaction.add(scheduleRecord(this.#entity, message));
    this.restore(message);
  }

  /** Takes a message back in that is in the journal already. */
  restore(message: ScheduledMessage): void {
    this.drop(message.sequence);
    const deadline = this.#context.deadlines.at(message.dueAtMs, () => this.#due(message));
    this.#waiting.set(message.sequence, { message, deadline });
    this.#storedBytes += message.content.stored.length;
  }

  /** Forgets a message that the journal has forgotten. */
  drop(sequence: number): void {
    const waiting = this.#waiting.get(sequence);
    if (waiting === undefined) return;
    this.#context.deadlines.cancel(waiting.deadline);
    this.#waiting.delete(sequence);
    this.#storedBytes -= waiting.message.content.stored.length;
  }

  /** Cancels all of them or, when one is not waiting (any more), none. */
  cancel(sequences: readonly number[]): void {
    const unknown = sequences.find((sequence) => !this.#waiting.has(sequence));
    if (unknown !== undefined) {
      throw new BrokerError(
        CONDITION.messageNotFound,
        `No message with the sequence number ${unknown} is scheduled on '${this.#entity}'.`,
      );
    }
    const transaction = new Transaction(this.#context.journal);
    for (const sequence of sequences) this.#take(transaction, sequence);
    transaction.commit();
  }

  *messages(): Iterable<ScheduledMessage> {
    for (const { message } of this.#waiting.values()) yield message;
  }

  *snapshot(): Iterable<JournalRecord> {
    for (const { message } of this.#waiting.values()) yield scheduleRecord(this.#entity, message);
  }

  #due(message: ScheduledMessage): void {
    const transaction = new Transaction(this.#context.journal);
    this.#take(transaction, message.sequence);
    this.#arrive(transaction, message.content);
    transaction.commit();
  }

  #take(transaction: Transaction, sequence: number): void {
    transaction.add(removeRecord(this.#entity, sequence));
    this.drop(sequence);
  }
}
