import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

export type BatchReceiver = Pick<ServiceBusReceiver, 'receiveMessages'>;

/** How long a batch waits for messages that are already on their way. */
const gatherMs = 5;

/**
 * Waits for a message, then takes with it what else is waiting, up to `maxMessages`. The client library alone would hold a
 * batch back for a second after its first message.
 *
 * @returns nothing when no message came within `waitMs`.
 * @throws an `AbortError` when the signal aborts before a message came.
 */
export async function receiveBatch(
  receiver: BatchReceiver,
  maxMessages: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<ServiceBusReceivedMessage[]> {
  const first = await receiver.receiveMessages(1, { maxWaitTimeInMs: waitMs, abortSignal: signal });
  if (first.length === 0 || maxMessages <= first.length) return first;
  const rest = await receiver
    .receiveMessages(maxMessages - first.length, { maxWaitTimeInMs: gatherMs })
    .catch(() => []);
  return [...first, ...rest];
}
