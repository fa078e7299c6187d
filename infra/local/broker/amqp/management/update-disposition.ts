import * as z from '../../../../../shared/zod.ts';
import { rawMapEntries } from '../../codec/values.ts';
import { BrokerError, CONDITION } from '../../engine/errors.ts';
import type { MessageLock } from '../../engine/lock.ts';
import type { PropertyChanges } from '../../engine/message.ts';
import type { MessageQueue } from '../../engine/message-queue.ts';
import {
  heldSession,
  lockTokensSchema,
  type ManagementRequest,
  type Operation,
  parseBody,
  queueOf,
} from './operation.ts';

const schema = z.object({
  'lock-tokens': lockTokensSchema,
  'disposition-status': z.string(),
  'deadletter-reason': z.nullish(z.string()),
  'deadletter-description': z.nullish(z.string()),
  'session-id': z.nullish(z.string()),
});

type Settle = (queue: MessageQueue, lock: MessageLock, changes: PropertyChanges) => void;

/** By the names of the protocol, misspelling included. */
const SETTLEMENTS: Readonly<Record<string, Settle>> = {
  completed: (queue, lock) => queue.complete(lock),
  abandoned: (queue, lock, changes) => queue.abandon(lock, changes),
  defered: (queue, lock, changes) => queue.defer(lock, changes),
  suspended: (queue, lock, changes) => queue.deadLetter(lock, changes),
};

/** Settles messages whose link is gone, or that came as deferred messages. */
export const updateDisposition: Operation = (request) => {
  const queue = queueOf(request);
  const body = parseBody(schema, request.body);
  const settle = SETTLEMENTS[body['disposition-status']];
  if (settle === undefined) {
    throw new BrokerError(CONDITION.invalidField, `Unknown disposition-status '${body['disposition-status']}'.`);
  }
  if (body['session-id'] != null) heldSession({ ...request, linkName: undefined }, body['session-id']);
  const locks = body['lock-tokens'].map((token) => queue.locks.find(token));
  const changes = changesOf(request, body['deadletter-reason'], body['deadletter-description']);
  for (const lock of locks) settle(queue, lock, changes);
  return {};
};

function changesOf(
  { rawBody, body }: ManagementRequest,
  reason: string | null | undefined,
  description: string | null | undefined,
): PropertyChanges {
  const encoded = rawBody.get('properties-to-modify');
  const changes = new Map<string, string | Buffer>(
    encoded !== undefined && body['properties-to-modify'] instanceof Map ? rawMapEntries(encoded, 0) : [],
  );
  if (reason != null) changes.set('DeadLetterReason', reason);
  if (description != null) changes.set('DeadLetterErrorDescription', description);
  return changes;
}
