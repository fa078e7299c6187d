import type { BusMessage } from '../../../../infra/local/host/bus-message.ts';

/** A message as a trigger's builder sees it. */
export function busMessage(changes: Partial<BusMessage> = {}): BusMessage {
  return {
    body: Buffer.from('{}'),
    messageId: 'm1',
    sequenceNumber: 1n,
    deliveryCount: 1,
    lockToken: 'token',
    enqueuedAtMs: Date.parse('2026-11-20T10:00:00.120Z'),
    expiresAtMs: Date.parse('2026-11-21T10:00:00Z'),
    sessionId: undefined,
    replyToSessionId: undefined,
    correlationId: undefined,
    contentType: undefined,
    subject: undefined,
    to: undefined,
    replyTo: undefined,
    partitionKey: undefined,
    transactionPartitionKey: undefined,
    deadLetterSource: undefined,
    applicationProperties: {},
    ...changes,
  };
}
