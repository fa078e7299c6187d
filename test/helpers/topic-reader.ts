import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { type CloudEvent, cloudEventSchema } from '../../shared/events/cloud-event.ts';
import * as z from '../../shared/zod.ts';

/** One event that stands in the topic. */
export interface ArrivedEvent extends CloudEvent {
  /** The Service Bus session. */
  readonly lane: string;
}

export interface TopicReader {
  /** Everything that arrived since the start, in its order. While the bus is away: what was read until then. */
  read(): Promise<readonly ArrivedEvent[]>;
  close(): Promise<void>;
}

/** More than one answer of the broker holds in a moment, and far less than a test sends. */
const MESSAGES_PER_PEEK = 1_000;

/** Reads the topic `events` by peeking, so that nothing that is done to the bus meanwhile takes an event from the test. */
export function readTopic(connectionString: string): TopicReader {
  const client = new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 3_000 } });
  const receiver = client.createReceiver('events', 'router');
  const events: ArrivedEvent[] = [];
  const numbers = new Set<string>();
  let reading = Promise.resolve();

  async function readOn(): Promise<void> {
    for (;;) {
      const messages = await receiver.peekMessages(MESSAGES_PER_PEEK);
      if (messages.length === 0) return;
      for (const message of messages) {
        // The receiver goes on where it stopped, unless it lost its connection.
        const number = String(message.sequenceNumber);
        if (numbers.has(number)) continue;
        numbers.add(number);
        events.push(toEvent(message));
      }
    }
  }

  return {
    read: async () => {
      reading = reading.then(readOn).catch(() => undefined);
      await reading;
      return events;
    },
    close: () => client.close(),
  };
}

function toEvent({ body, sessionId }: ServiceBusReceivedMessage): ArrivedEvent {
  const json: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body;
  return { ...z.parse(cloudEventSchema, json), lane: sessionId ?? '' };
}
