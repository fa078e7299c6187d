import rhea from 'rhea';
import * as z from '../../../../../shared/zod.ts';
import { BrokerError, CONDITION } from '../../engine/errors.ts';
import type { SessionLock } from '../../engine/lock.ts';
import { heldSession, longSchema, type ManagementRequest, type Operation, parseBody, queueOf } from './operation.ts';

const SETTLE_FIRST = 0;

const schema = z.object({
  'sequence-numbers': z.array(longSchema),
  'receiver-settle-mode': z.number(),
  'session-id': z.nullish(z.string()),
});

/** Gives out deferred messages by their numbers. */
export const receiveBySequenceNumber: Operation = (request) => {
  const queue = queueOf(request);
  const body = parseBody(schema, request.body);
  const session = sessionOf(request, body['session-id']);
  const mode = body['receiver-settle-mode'] === SETTLE_FIRST ? 'receiveAndDelete' : 'peekLock';
  const received = queue.receiveDeferred(body['sequence-numbers'], mode, session);
  return {
    messages: received.map(({ message, lock }) => ({
      'lock-token': rhea.types.wrap_uuid(Buffer.from(lock?.token ?? request.newToken(), 'hex')),
      message: message.content.encode(queue.stampOf(message, lock)),
    })),
  };
};

function sessionOf(request: ManagementRequest, sessionId: string | null | undefined): SessionLock | undefined {
  if (queueOf(request).sessions === undefined) return undefined;
  if (sessionId != null) return heldSession(request, sessionId);
  throw new BrokerError(CONDITION.invalidField, `'${request.entity.path}' has sessions: the request must name one.`);
}
