import type { Bus, OutgoingMessage } from '../../../../shared/bus/bus.ts';
import { fromEventMessage } from '../../../../shared/bus/event-message.ts';
import { TransientError } from '../../../../shared/errors.ts';

type Answer = (ids: readonly string[]) => void | Promise<void>;

/** A topic that takes events as long as the test lets it. */
export class TopicBus implements Pick<Bus, 'send'> {
  /** Ids of the events of each send that was taken, in order. */
  readonly sends: string[][] = [];
  /** Ids by session, in the order in which the topic took them; copies of an event are dropped as the bus does. */
  readonly lanes = new Map<string, string[]>();
  /** Events that came a second time. */
  copies = 0;
  /** Runs before events are taken: throwing refuses them. */
  before: Answer = () => undefined;
  /** Runs when they have been taken: throwing loses the confirmation only. */
  after: Answer = () => undefined;
  /** How many of a send's events are taken; when not all, it fails. */
  part: (count: number) => number = (count) => count;
  readonly #seen = new Set<string>();

  goAway(): void {
    this.before = () => {
      throw new TransientError('the bus is away');
    };
  }

  comeBack(): void {
    this.before = () => undefined;
  }

  get ids(): string[] {
    return this.sends.flat();
  }

  async send(_topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const ids = messages.map((message) => eventOf(message).id);
    await this.before(ids);
    const taken = messages.slice(0, this.part(messages.length));
    this.sends.push(ids.slice(0, taken.length));
    for (const message of taken) this.#take(message);
    if (taken.length < messages.length) throw new TransientError('the bus failed in the middle');
    await this.after(ids);
  }

  #take(message: OutgoingMessage): void {
    if (this.#seen.has(message.messageId)) {
      this.copies += 1;
      return;
    }
    this.#seen.add(message.messageId);
    const lane = message.sessionId ?? '';
    this.lanes.set(lane, [...(this.lanes.get(lane) ?? []), eventOf(message).id]);
  }
}

function eventOf({ body, contentType, applicationProperties = {} }: OutgoingMessage) {
  if (!(body instanceof Uint8Array)) throw new TypeError('the outbox sends bytes');
  return fromEventMessage({ body, contentType, applicationProperties });
}
