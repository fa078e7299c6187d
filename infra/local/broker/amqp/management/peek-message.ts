import * as z from '../../../../../shared/zod.ts';
import type { DeliveryStamp, MessageContent } from '../../engine/message.ts';
import { longSchema, type ManagementRequest, type Operation, parseBody, queueOf } from './operation.ts';

const schema = z.object({
  'from-sequence-number': longSchema,
  'message-count': z.int().check(z.positive()),
  'session-id': z.nullish(z.string()),
});

interface Peeked {
  readonly content: MessageContent;
  readonly stamp: DeliveryStamp;
}

/** Shows messages by their numbers, whoever holds them, without taking them. */
export const peekMessage: Operation = (request) => {
  const wanted = parseBody(schema, request.body);
  const sessionId = wanted['session-id'];
  const found: Peeked[] = [];
  for (const peeked of allMessages(request)) {
    if (peeked.stamp.sequence < wanted['from-sequence-number']) continue;
    if (sessionId != null && peeked.content.sessionId !== sessionId) continue;
    found.push(peeked);
  }
  if (found.length === 0) return undefined;
  found.sort((a, b) => a.stamp.sequence - b.stamp.sequence);
  const shown = found.slice(0, wanted['message-count']);
  return { messages: shown.map(({ content, stamp }) => ({ message: content.encode(stamp) })) };
};

function* allMessages(request: ManagementRequest): Iterable<Peeked> {
  const queue = queueOf(request);
  for (const message of queue.messages()) yield { content: message.content, stamp: queue.stampOf(message) };
  for (const { content, sequence, enqueuedAtMs } of request.entity.ingress?.scheduled.messages() ?? []) {
    const expiresAtMs = enqueuedAtMs + (content.ttlMs ?? Number.POSITIVE_INFINITY);
    const stamp = { sequence, enqueuedSequence: sequence, enqueuedAtMs, expiresAtMs, deliveryCount: 0 };
    yield { content, stamp: { ...stamp, state: 'scheduled' } };
  }
}
