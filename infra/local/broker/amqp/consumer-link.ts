import type { Delivery, EventContext, Typed } from 'rhea';
import { deliveryTag } from '../codec/lock-token.ts';
import type { Consumer } from '../engine/consumer.ts';
import type { Engine } from '../engine/engine.ts';
import type { MessageLock } from '../engine/lock.ts';
import type { QueuedMessage } from '../engine/message.ts';
import type { MessageQueue } from '../engine/message-queue.ts';
import { ACCEPTED, describeError, rejected } from './outcomes.ts';
import { propertyChanges } from './property-changes.ts';
import { asOutgoingDelivery, type ServerSender } from './rhea-internals.ts';

export interface ConsumerLinkOptions {
  readonly link: ServerSender;
  readonly queue: MessageQueue;
  readonly engine: Engine;
  readonly newToken: () => string;
  readonly unexpected: (error: unknown) => void;
}

const SETTLE_ON_SENDING = 1;

/** A client's receiver: messages go out as it gives credit, and its settlements come in. */
export class ConsumerLink implements Consumer {
  readonly name: string;
  readonly mode: Consumer['mode'];
  protected readonly link: ServerSender;
  readonly #options: ConsumerLinkOptions;
  /** Messages by the delivery that carries them, until the client settles it. */
  readonly #locks = new Map<number, MessageLock>();
  /** Transfers handed to rhea, which writes them later, and credit that was drained. */
  #sent = 0;
  #reserved = 0;
  #closed = false;

  constructor(options: ConsumerLinkOptions) {
    this.#options = options;
    const { link } = options;
    this.link = link;
    this.name = link.name;
    this.mode = link.snd_settle_mode === SETTLE_ON_SENDING ? 'receiveAndDelete' : 'peekLock';
    link.local.attach.snd_settle_mode = link.snd_settle_mode;
    link.local.attach.rcv_settle_mode = link.rcv_settle_mode;
    link._get_drain = () => this.#useUpCredit();
    link.on('sender_flow', () => this.wake());
    link.on('sendable', () => this.wake());
    link.on('sender_draining', () => this.#drain());
    this.#onOutcome('accepted', (queue, lock) => queue.complete(lock));
    this.#onOutcome('released', (queue, lock) => queue.release(lock));
    this.#onOutcome('modified', (queue, lock, { remote_state: state }) => {
      const changes = propertyChanges(state?.value[2]);
      if (state?.undeliverable_here === true) queue.defer(lock, changes);
      else queue.abandon(lock, changes);
    });
    this.#onOutcome('rejected', (queue, lock, { remote_state: state }) =>
      queue.deadLetter(lock, propertyChanges(state?.error?.value[2])),
    );
  }

  capacity(): number {
    if (this.#closed) return 0;
    const unwritten = this.#sent - this.link.delivery_count;
    return Math.min(this.link.credit - unwritten, this.link.session.outgoing.available()) - this.#reserved;
  }

  reserve(): void {
    this.#reserved += 1;
  }

  deliver(message: QueuedMessage, lock: MessageLock | undefined): boolean {
    this.#reserved -= 1;
    if (this.#closed) return false;
    const { queue, newToken } = this.#options;
    const bytes = message.content.encode(queue.stampOf(message, lock));
    const delivery = this.link.send(bytes, deliveryTag(lock?.token ?? newToken()), 0);
    this.#sent += 1;
    if (lock !== undefined) this.#locks.set(delivery.id, lock);
    return true;
  }

  /** The link or its connection is gone. Locks of messages stay until they expire; a session is free at once. */
  dispose(): void {
    this.#closed = true;
    const { queue } = this.#options;
    queue.plain?.leave(this);
    queue.sessions?.leave(this);
  }

  protected wake(): void {
    const { queue } = this.#options;
    queue.plain?.wake(this);
    queue.sessions?.wake(this);
  }

  #onOutcome(event: string, apply: (queue: MessageQueue, lock: MessageLock, delivery: Delivery) => void): void {
    this.link.on(event, ({ delivery }: EventContext) => {
      const settled = asOutgoingDelivery(delivery);
      const lock = this.#locks.get(settled.id);
      this.#locks.delete(settled.id);
      const outcome =
        lock === undefined || delivery === undefined
          ? ACCEPTED
          : this.#apply(() => apply(this.#options.queue, lock, delivery));
      this.#options.engine.whenSafe(() => {
        if (this.#closed) return;
        settled.update(true, outcome);
        settled.remote_settled = true;
      });
    });
  }

  #apply(settle: () => void): Typed {
    try {
      settle();
      return ACCEPTED;
    } catch (error) {
      return rejected(describeError(error, this.#options.unexpected));
    }
  }

  /** The answer follows what was already taken for this consumer but is not yet on its way. */
  #drain(): void {
    this.#options.engine.whenSafe(() => {
      this.link.issue_flow = true;
      this.link.connection._register();
    });
  }

  #useUpCredit(): boolean {
    this.#sent += this.link.credit;
    this.link.delivery_count += this.link.credit;
    this.link.credit = 0;
    return true;
  }
}
