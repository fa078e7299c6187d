import type { SessionSeeker } from '../../../../../infra/local/broker/engine/consumer.ts';
import { Deadlines } from '../../../../../infra/local/broker/engine/deadlines.ts';
import { Engine } from '../../../../../infra/local/broker/engine/engine.ts';
import { entityOptions } from '../../../../../infra/local/broker/engine/entity-options.ts';
import type { MessageLock } from '../../../../../infra/local/broker/engine/lock.ts';
import type {
  DeliveryStamp,
  FilterSubject,
  MessageContent,
  PropertyChanges,
  QueuedMessage,
} from '../../../../../infra/local/broker/engine/message.ts';
import type { MessageQueue } from '../../../../../infra/local/broker/engine/message-queue.ts';
import {
  type Journal,
  type JournalRecord,
  parseRecordHeader,
} from '../../../../../infra/local/broker/store/journal.ts';
import { type BusEntitiesInput, parseBusEntities } from '../../../../../shared/bus/entities.ts';

interface Words {
  readonly id: string;
  readonly session?: string | undefined;
  readonly ttlMs?: number | undefined;
  readonly scheduledAtMs?: number | undefined;
  readonly size?: number | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/** A message without AMQP: its stored form is JSON. */
export class TestContent implements MessageContent {
  readonly words: Words;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly ttlMs: number | undefined;
  readonly scheduledAtMs: number | undefined;
  readonly size: number;
  readonly stored: Buffer;

  constructor(words: Words) {
    this.words = words;
    this.messageId = words.id;
    this.sessionId = words.session;
    this.ttlMs = words.ttlMs;
    this.scheduledAtMs = words.scheduledAtMs;
    this.size = words.size ?? 1;
    this.stored = Buffer.from(JSON.stringify(words));
  }

  withProperties(changes: PropertyChanges): TestContent {
    const properties = { ...this.words.properties };
    for (const [key, value] of changes) properties[key] = String(value);
    return new TestContent({ ...this.words, properties });
  }

  filterSubject(): FilterSubject {
    const unset = undefined;
    return {
      system: {
        ...{ correlationId: unset, messageId: this.messageId, to: unset, replyTo: unset, label: unset },
        ...{ sessionId: this.sessionId, replyToSessionId: unset, contentType: unset },
      },
      properties: new Map(Object.entries(this.words.properties ?? {})),
    };
  }

  encode(stamp: DeliveryStamp): Buffer {
    return Buffer.from(JSON.stringify(stamp));
  }
}

/** A journal whose disk is as slow as the test wants. */
export class TestJournal implements Journal {
  readonly records: JournalRecord[] = [];
  held = false;
  readonly #waiting: (() => void)[] = [];

  append(records: readonly JournalRecord[]): void {
    this.records.push(...records);
  }

  whenSafe(callback: () => void): void {
    if (this.held) this.#waiting.push(callback);
    else callback();
  }

  sync(): void {
    this.held = false;
    for (const callback of this.#waiting.splice(0)) callback();
  }
}

/** A consumer that remembers what it got. */
export class TestConsumer implements SessionSeeker {
  readonly name: string;
  readonly mode: 'peekLock' | 'receiveAndDelete';
  readonly got: { id: string; lock: MessageLock | undefined; message: QueuedMessage }[] = [];
  room: number;
  gone = false;
  session: string | undefined;
  lost = false;
  hasTimedOut = false;

  constructor(room = 100, mode: 'peekLock' | 'receiveAndDelete' = 'peekLock', name = 'consumer') {
    this.room = room;
    this.mode = mode;
    this.name = name;
  }

  get ids(): string[] {
    return this.got.map(({ id }) => id);
  }

  /** The lock under which it got the message the last time. */
  lockOf(id: string): MessageLock {
    const lock = this.got.findLast((each) => each.id === id)?.lock;
    if (lock === undefined) throw new Error(`${id} was not delivered with a lock`);
    return lock;
  }

  capacity(): number {
    return this.room;
  }

  reserve(): void {
    this.room -= 1;
  }

  deliver(message: QueuedMessage, lock: MessageLock | undefined): boolean {
    if (this.gone) return false;
    this.got.push({ id: message.content.messageId, lock, message });
    return true;
  }

  granted(sessionId: string): void {
    this.session = sessionId;
  }

  timedOut(): void {
    this.hasTimedOut = true;
  }

  sessionLost(): void {
    this.lost = true;
  }
}

/** An engine whose time passes when the test says so. */
export class EngineBench {
  readonly journal = new TestJournal();
  readonly deadlines = new Deadlines();
  readonly engine: Engine;
  nowMs = 1_000_000;

  constructor(entities: BusEntitiesInput, before?: Iterable<JournalRecord>) {
    let tokens = 0;
    const newToken = () => {
      tokens += 1;
      return String(tokens).padStart(32, '0');
    };
    const context = { clock: () => this.nowMs, deadlines: this.deadlines, journal: this.journal, newToken };
    const parse = (stored: Buffer) => new TestContent(JSON.parse(stored.toString()));
    this.engine = new Engine(entityOptions(parseBusEntities(entities)), context, parse);
    for (const { header, body } of before ?? []) {
      // Through the journal's own format, as after a restart.
      this.engine.apply({ header: parseRecordHeader(JSON.stringify(header)), body });
    }
    this.engine.start();
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.deadlines.runUntil(this.nowMs);
  }

  send(entity: string, ...messages: (string | Words)[]): void {
    this.engine
      .entity(entity)
      .ingress?.send(messages.map((words) => new TestContent(typeof words === 'string' ? { id: words } : words)));
  }

  queue(address: string): MessageQueue {
    const { queue } = this.engine.entity(address);
    if (queue === undefined) throw new Error(`${address} is no queue`);
    return queue;
  }

  /** A consumer of a queue without sessions, at work. */
  consume(address: string, consumer = new TestConsumer()): TestConsumer {
    this.queue(address).plain?.wake(consumer);
    return consumer;
  }

  ids(address: string): string[] {
    return [...this.queue(address).messages()].map(({ content }) => content.messageId);
  }
}
