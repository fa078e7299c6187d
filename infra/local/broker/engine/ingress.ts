import type { JournalRecord, RecordHeader } from '../store/journal.ts';
import { type EngineContext, Transaction } from './context.ts';
import { DuplicateHistory } from './duplicates.ts';
import { BrokerError, CONDITION } from './errors.ts';
import type { MessageContent } from './message.ts';
import { acceptedRecord, RECORD_BYTES } from './records.ts';
import { ScheduledMessages } from './scheduled-messages.ts';

export interface IngressOptions {
  /** The name of the queue or topic. */
  readonly path: string;
  readonly requiresSession: boolean;
  /** Undefined: duplicates are not looked for. */
  readonly duplicateWindowMs: number | undefined;
  readonly maxMessageBytes: number;
  readonly nextSequence: () => number;
  /** Puts a message into the queue, or into the subscriptions that want it. */
  readonly arrive: (transaction: Transaction, content: MessageContent) => void;
}

/** The sending side of a queue or topic. */
export class Ingress {
  readonly options: IngressOptions;
  readonly scheduled: ScheduledMessages;
  readonly #context: EngineContext;
  readonly #duplicates: DuplicateHistory | undefined;

  constructor(options: IngressOptions, context: EngineContext) {
    this.options = options;
    this.#context = context;
    this.scheduled = new ScheduledMessages(options.path, context, options.arrive);
    if (options.duplicateWindowMs !== undefined) this.#duplicates = new DuplicateHistory(options.duplicateWindowMs);
  }

  get path(): string {
    return this.options.path;
  }

  /** About what a snapshot of it takes, in bytes. */
  get snapshotBytes(): number {
    return this.scheduled.snapshotBytes + (this.#duplicates?.size ?? 0) * RECORD_BYTES;
  }

  /** Throws when an encoded message, or a batch of them, is larger than the entity takes. */
  checkSize(bytes: number): void {
    const { maxMessageBytes } = this.options;
    if (bytes <= maxMessageBytes) return;
    const description = `The message has ${bytes} bytes: '${this.path}' takes at most ${maxMessageBytes}.`;
    throw new BrokerError(CONDITION.tooLarge, description);
  }

  /**
   * Takes messages in: all of them or, when one is refused, none.
   * Those with a time to come are scheduled, duplicates are dropped in silence.
   */
  send(contents: readonly MessageContent[]): void {
    this.#take(contents);
  }

  /** The same for messages that must be scheduled; gives their sequence numbers. A duplicate's number is unused. */
  schedule(contents: readonly MessageContent[]): number[] {
    if (contents.some((content) => content.scheduledAtMs === undefined)) {
      throw new BrokerError(CONDITION.invalidField, 'A message to be scheduled has no x-opt-scheduled-enqueue-time.');
    }
    return this.#take(contents, true);
  }

  apply({ header }: JournalRecord, content: () => MessageContent): void {
    if (header.type === 'accepted') this.#duplicates?.add(header.messageId, header.atMs);
    if (header.type === 'remove') this.scheduled.drop(header.sequence);
    if (header.type === 'schedule') this.scheduled.restore(scheduledFrom(header, content()));
  }

  *snapshot(): Iterable<JournalRecord> {
    for (const { messageId, acceptedAtMs } of this.#duplicates?.entries(this.#context.clock()) ?? []) {
      yield acceptedRecord(this.path, messageId, acceptedAtMs);
    }
    yield* this.scheduled.snapshot();
  }

  #take(contents: readonly MessageContent[], evenIfDue = false): number[] {
    for (const content of contents) this.#check(content);
    const nowMs = this.#context.clock();
    const transaction = new Transaction(this.#context.journal);
    const sequences: number[] = [];
    for (const content of contents) {
      const scheduled = content.scheduledAtMs !== undefined && (evenIfDue || content.scheduledAtMs > nowMs);
      if (this.#duplicates?.has(content.messageId, nowMs)) {
        if (scheduled) sequences.push(this.options.nextSequence());
        continue;
      }
      if (this.#duplicates !== undefined) {
        this.#duplicates.add(content.messageId, nowMs);
        transaction.add(acceptedRecord(this.path, content.messageId, nowMs));
      }
      if (!scheduled || content.scheduledAtMs === undefined) {
        this.options.arrive(transaction, content);
        continue;
      }
      const sequence = this.options.nextSequence();
      sequences.push(sequence);
      this.scheduled.add(transaction, { sequence, content, enqueuedAtMs: nowMs, dueAtMs: content.scheduledAtMs });
    }
    transaction.commit();
    return sequences;
  }

  #check(content: MessageContent): void {
    this.checkSize(content.size);
    if (this.options.requiresSession && content.sessionId === undefined) {
      throw new BrokerError(
        CONDITION.notAllowed,
        `The SessionId was not set on a message, and it cannot be sent to '${this.path}': the entity is session-enabled.`,
      );
    }
  }
}

function scheduledFrom(header: Extract<RecordHeader, { type: 'schedule' }>, content: MessageContent) {
  const { sequence, enqueuedAtMs, dueAtMs } = header;
  return { sequence, content, enqueuedAtMs, dueAtMs };
}
