import { randomUUID } from 'node:crypto';
import { toEventMessage } from '../../shared/bus/event-message.ts';
import { laneOf } from '../../shared/bus/lane.ts';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import { anEvent } from './an-event.ts';
import type { TestStack } from './stack.ts';

const LANES = 32;

/** Puts an event on the topic, as the relay and senders of their own events do. @returns its id */
export async function publishEvent({ bus }: TestStack, parts: Partial<CloudEvent>): Promise<string> {
  const event = anEvent({ id: randomUUID(), ...parts });
  const { body, ...message } = toEventMessage(event, laneOf(event.subject, LANES));
  const sender = bus.createSender('events');
  await sender.sendMessages({ ...message, body: Buffer.from(JSON.stringify(body)) });
  await sender.close();
  return event.id;
}
