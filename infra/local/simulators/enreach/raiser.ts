import type { Behaviour } from './behaviour.ts';
import type { EntityKind } from './directory.ts';
import { findEvent } from './event-catalogue.ts';
import { subscriptionKey } from './hub/audience.ts';
import type { Hub } from './hub/hub.ts';
import type { HubConnection } from './hub/hub-connection.ts';
import { writeRecord } from './hub/records.ts';
import { malformedArguments } from './malformed-messages.ts';
import { type DataFields, type DataSource, messageData } from './message-data.ts';
import { spellMessage } from './spell-message.ts';
import { isStoryName, type StoryName, stories } from './stories.ts';

/** One message of an event, and how far it got. */
export interface RaisedMessage {
  /** Counts from 1, over all messages. */
  readonly serial: number;
  /** As it was raised; undefined for a malformed message. */
  readonly eventName: string | undefined;
  readonly entityId: string | undefined;
  /** To how many connections it was handed; 0 when nobody was subscribed then. */
  readonly deliveredTo: number;
}

/** Values by wire name, in place of the simulator's own or beside them; by the message's serial number if a function. */
export type Overrides = DataFields | ((serial: number) => DataFields);

/** About whom a story tells; the first of each kind unless told otherwise. */
export type StoryEntities = { readonly [kind in EntityKind]?: string };

/** Raises events to those who are subscribed, and remembers to how many. */
export class Raiser {
  readonly #hub: Hub;
  readonly #behaviour: Behaviour;
  readonly #source: DataSource;
  #raised: RaisedMessage[] = [];
  #lastSerial = 0;

  constructor(hub: Hub, behaviour: Behaviour, source: DataSource) {
    this.#hub = hub;
    this.#behaviour = behaviour;
    this.#source = source;
  }

  get raised(): readonly RaisedMessage[] {
    return this.#raised;
  }

  nextSerial(): number {
    this.#lastSerial += 1;
    return this.#lastSerial;
  }

  /**
   * Sends one event. An event that is not documented can't be subscribed to: it goes to those who are subscribed to
   * anything of the entity.
   */
  raise(eventName: string, entityId: string, overrides: Overrides = {}): RaisedMessage {
    const serial = this.nextSerial();
    const own = typeof overrides === 'function' ? overrides(serial) : overrides;
    return this.deliver(serial, eventName, entityId, Buffer.from(this.write(eventName, entityId, serial, own)));
  }

  /** The record of an event's message. */
  write(eventName: string, entityId: string, serial: number | string, overrides: DataFields): string {
    const event = findEvent(eventName);
    const documented = event === undefined ? {} : messageData(event, entityId, this.#source);
    const message = spellMessage(
      { eventName, entityId, serial, data: { ...documented, ...overrides } },
      event,
      this.#behaviour.current,
    );
    return writeRecord({ type: 1, target: 'MessageReceived', arguments: [message] });
  }

  /** Hands an event's record to those who are to get it, and notes to how many. */
  deliver(serial: number, eventName: string, entityId: string, record: Buffer): RaisedMessage {
    const isDocumented = findEvent(eventName) !== undefined;
    const receivers = isDocumented
      ? this.#hub.audience.subscribersOf(subscriptionKey(entityId, eventName))
      : this.#hub.audience.anySubscribers(entityId);
    return this.#note({ serial, eventName, entityId, deliveredTo: this.#hand(record, receivers) });
  }

  /** Raises a story's events in their order, all with the same call and request. Throws on an unknown story. */
  playStory(name: StoryName, entities: StoryEntities = {}): RaisedMessage[] {
    if (!isStoryName(name)) throw new Error(`There is no story ${name}.`);
    const { directory, newId } = this.#source;
    const ids = {
      user: entities.user ?? directory.users[1]?.id ?? directory.users[0]?.id ?? '',
      queue: entities.queue ?? directory.queues[0]?.id ?? '',
      callList: entities.callList ?? directory.callLists[0] ?? '',
    };
    const requestId = newId();
    const shared = new Map([
      ['callId', newId()],
      ['callBackId', requestId],
      ['cbrId', requestId],
      ['legId', `leg-${newId().slice(0, 8)}`],
    ]);
    return stories[name].map(({ event, about, ...own }) => {
      const fields = findEvent(event)?.fields ?? [];
      const data = Object.fromEntries(
        fields.flatMap(({ wireName }) => (shared.has(wireName) ? [[wireName, shared.get(wireName)]] : [])),
      );
      return this.raise(event, ids[about], { ...data, ...('data' in own ? own.data : {}) });
    });
  }

  /** Sends so many malformed messages to everybody who is subscribed to anything. */
  raiseMalformed(count: number): RaisedMessage[] {
    const samples = malformedArguments(this.#source.directory.users[0]?.id ?? '');
    return Array.from({ length: count }, (_, index) => {
      const record = writeRecord({
        type: 1,
        target: 'MessageReceived',
        arguments: samples[index % samples.length] ?? [],
      });
      const deliveredTo = this.#hand(Buffer.from(record), this.#hub.audience.anySubscribers());
      return this.#note({ serial: this.nextSerial(), eventName: undefined, entityId: undefined, deliveredTo });
    });
  }

  clear(): void {
    this.#raised = [];
    this.#lastSerial = 0;
  }

  #hand(record: Buffer, receivers: Iterable<HubConnection>): number {
    const copies = 1 + this.#behaviour.current.duplicates;
    let deliveredTo = 0;
    for (const connection of receivers) {
      if (!connection.sendEvent(record)) continue;
      deliveredTo += 1;
      for (let copy = 1; copy < copies; copy += 1) connection.sendEvent(record);
    }
    return deliveredTo;
  }

  #note(message: RaisedMessage): RaisedMessage {
    this.#raised.push(message);
    return message;
  }
}
