import type { JournalRecord } from '../store/journal.ts';
import type { EngineContext, Transaction } from './context.ts';
import type { AcceptingOptions, EntityOptions, SubscriptionOptions } from './entity-options.ts';
import { entityNotFound } from './errors.ts';
import type { Filter } from './filters.ts';
import { Ingress } from './ingress.ts';
import type { MessageContent } from './message.ts';
import { MessageQueue } from './message-queue.ts';
import { RECORD_BYTES, sequenceRecord } from './records.ts';

/** What an address stands for: something to send to, something to receive from, or both. */
export interface Entity {
  readonly path: string;
  readonly ingress: Ingress | undefined;
  readonly queue: MessageQueue | undefined;
}

const DEAD_LETTERS = '$DeadLetterQueue';
/** Messages that could not be forwarded: nothing forwards here, so it stays empty. */
const TRANSFER_DEAD_LETTERS = '$Transfer/$DeadLetterQueue';

/** All queues, topics and subscriptions, without a network and without a disk. */
export class Engine {
  readonly #context: EngineContext;
  readonly #parseContent: (stored: Buffer) => MessageContent;
  /** By address in lower case. */
  readonly #entities = new Map<string, Entity>();
  readonly #topicSequences = new Map<string, { last: number }>();
  /** Records of entities that are no longer defined. They are kept, in case the entity comes back. */
  readonly #orphans: JournalRecord[] = [];

  constructor(options: EntityOptions, context: EngineContext, parseContent: (stored: Buffer) => MessageContent) {
    this.#context = context;
    this.#parseContent = parseContent;
    for (const queue of options.queues) {
      const messages = this.#addQueue(queue);
      this.#addIngress(
        queue,
        queue.requiresSession,
        () => messages.nextSequence(),
        (transaction, content) => messages.admit(transaction, content),
        messages,
      );
    }
    for (const topic of options.topics) this.#addTopic(topic);
  }

  /** The entity at an address. Throws when there is none. */
  entity(address: string): Entity {
    const entity = this.#entities.get(address.replace(/^\//, '').toLowerCase());
    if (entity === undefined) throw entityNotFound(address);
    return entity;
  }

  /** Calls back, in order, once all that was done so far is safe. */
  whenSafe(callback: () => void): void {
    this.#context.journal.whenSafe(callback);
  }

  /** Repeats a change from the journal. To be called before `start`. */
  apply(record: JournalRecord): void {
    const { header, body } = record;
    const entity = this.#entities.get(header.entity.toLowerCase());
    if (entity === undefined) {
      this.#orphans.push(record);
      return;
    }
    const content = () => this.#parseContent(body);
    entity.ingress?.apply(record, content);
    entity.queue?.apply(header, content, body);
    this.#bumpTopic(record);
  }

  /** Begins to deliver. Gives how many records each entity has that is no longer defined. */
  start(): ReadonlyMap<string, number> {
    for (const { queue } of this.#entities.values()) queue?.start();
    const orphans = new Map<string, number>();
    for (const { header } of this.#orphans) orphans.set(header.entity, (orphans.get(header.entity) ?? 0) + 1);
    return orphans;
  }

  /** Everything there is to remember, as records. */
  *snapshot(): Iterable<JournalRecord> {
    for (const { queue, ingress } of this.#entities.values()) {
      if (queue !== undefined) yield* queue.snapshot();
      if (ingress !== undefined) yield* ingress.snapshot();
    }
    for (const [path, { last }] of this.#topicSequences) yield sequenceRecord(path, last);
    yield* this.#orphans;
  }

  /** About how long the snapshot is, in bytes. */
  get snapshotBytes(): number {
    let bytes = this.#orphans.reduce((sum, { body }) => sum + RECORD_BYTES + body.length, 0);
    for (const { queue, ingress } of this.#entities.values()) {
      bytes += (queue?.snapshotBytes ?? 0) + (ingress?.snapshotBytes ?? 0);
    }
    return bytes;
  }

  #addTopic(topic: EntityOptions['topics'][number]): void {
    const sequence = { last: 0 };
    this.#topicSequences.set(topic.path, sequence);
    const nextSequence = () => {
      sequence.last += 1;
      return sequence.last;
    };
    const subscriptions = topic.subscriptions.map((options: SubscriptionOptions): [Filter, MessageQueue] => [
      options.filter,
      this.#addQueue(options),
    ]);
    const arrive = (transaction: Transaction, content: MessageContent) => {
      const enqueuedSequence = nextSequence();
      const subject = () => content.filterSubject();
      for (const [filter, queue] of subscriptions) {
        if (filter(subject)) queue.admit(transaction, content, { enqueuedSequence });
      }
    };
    this.#addIngress(topic, false, nextSequence, arrive, undefined);
  }

  #addQueue(options: Omit<SubscriptionOptions, 'filter'>): MessageQueue {
    const deadLetters = [DEAD_LETTERS, TRANSFER_DEAD_LETTERS].map((name) => {
      const path = `${options.path}/${name}`;
      const never = Number.POSITIVE_INFINITY;
      return new MessageQueue(
        {
          ...options,
          ...{
            path,
            requiresSession: false,
            defaultTtlMs: never,
            deadLetterOnExpiry: false,
            deadLetterQueue: undefined,
          },
        },
        this.#context,
      );
    });
    const queue = new MessageQueue({ ...options, deadLetterQueue: deadLetters[0] }, this.#context);
    for (const each of [queue, ...deadLetters]) this.#add({ path: each.path, queue: each, ingress: undefined });
    return queue;
  }

  #addIngress(
    options: AcceptingOptions,
    requiresSession: boolean,
    nextSequence: () => number,
    arrive: (transaction: Transaction, content: MessageContent) => void,
    queue: MessageQueue | undefined,
  ): void {
    const ingress = new Ingress({ ...options, requiresSession, nextSequence, arrive }, this.#context);
    this.#add({ path: options.path, ingress, queue });
  }

  #add(entity: Entity): void {
    this.#entities.set(entity.path.toLowerCase(), entity);
  }

  /** A topic's numbers are those that its subscriptions' messages and its scheduled messages carry. */
  #bumpTopic({ header }: JournalRecord): void {
    const [topic = ''] = header.entity.split('/');
    const sequence = this.#topicSequences.get(topic);
    if (sequence === undefined) return;
    if (header.type === 'put') sequence.last = Math.max(sequence.last, header.enqueuedSequence);
    if (header.type === 'schedule') sequence.last = Math.max(sequence.last, header.sequence);
    if (header.type === 'sequence' && header.entity === topic) sequence.last = Math.max(sequence.last, header.last);
  }
}
