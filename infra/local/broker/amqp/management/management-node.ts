import { MalformedAmqpError, rawMapEntries } from '../../codec/values.ts';
import type { Engine, Entity } from '../../engine/engine.ts';
import { CONDITION } from '../../engine/errors.ts';
import { describeError } from '../outcomes.ts';
import type { AmqpRequest } from '../request.ts';
import type { Reply, RequestHandler } from '../request-node.ts';
import type { ManagementRequest, Operation } from './operation.ts';
import { peekMessage } from './peek-message.ts';
import { receiveBySequenceNumber } from './receive-by-sequence-number.ts';
import { renewLock } from './renew-lock.ts';
import { cancelScheduledMessage, scheduleMessage } from './schedule-message.ts';
import { getSessionState, renewSessionLock, setSessionState } from './session-operations.ts';
import { updateDisposition } from './update-disposition.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'com.microsoft:peek-message': peekMessage,
  'com.microsoft:renew-lock': renewLock,
  'com.microsoft:update-disposition': updateDisposition,
  'com.microsoft:receive-by-sequence-number': receiveBySequenceNumber,
  'com.microsoft:schedule-message': scheduleMessage,
  'com.microsoft:cancel-scheduled-message': cancelScheduledMessage,
  'com.microsoft:renew-session-lock': renewSessionLock,
  'com.microsoft:set-session-state': setSessionState,
  'com.microsoft:get-session-state': getSessionState,
};

const STATUS: Readonly<Record<string, number>> = {
  [CONDITION.invalidField]: 400,
  [CONDITION.decodeError]: 400,
  [CONDITION.notAllowed]: 400,
  [CONDITION.tooLarge]: 400,
  [CONDITION.notFound]: 404,
  [CONDITION.messageNotFound]: 404,
  [CONDITION.messageLockLost]: 410,
  [CONDITION.sessionLockLost]: 410,
};

export interface ManagementOptions {
  readonly entity: Entity;
  readonly engine: Engine;
  readonly newToken: () => string;
  readonly unexpected: (error: unknown) => void;
}

/** Answers the requests to one entity's `$management`. */
export function managementNode({ entity, engine, newToken, unexpected }: ManagementOptions): RequestHandler {
  return (request, reply) => {
    const name = String(request.properties.get('operation'));
    const operation = OPERATIONS[name];
    if (operation === undefined) {
      const description = `The embedded Service Bus does not support the operation '${name}'.`;
      reply({ status: 501, description, condition: CONDITION.notImplemented });
      return;
    }
    let answer: Reply;
    try {
      const body = operation({ entity, engine, newToken, ...bodyOf(request) });
      answer =
        body === undefined ? { status: 204, description: 'No Content' } : { status: 200, description: 'OK', body };
    } catch (error) {
      const { condition, description } = describeError(error, unexpected);
      answer = { status: STATUS[condition] ?? 500, description, condition };
    }
    engine.whenSafe(() => reply(answer));
  };
}

function bodyOf({
  body,
  encodedBody,
  properties,
}: AmqpRequest): Pick<ManagementRequest, 'body' | 'rawBody' | 'linkName'> {
  if (!(body instanceof Map)) throw new MalformedAmqpError('the body of the request is no map');
  const linkName = properties.get('associated-link-name');
  return {
    body: Object.fromEntries([...body].map(([key, value]) => [String(key), value])),
    rawBody: rawMapEntries(encodedBody, 0),
    linkName: typeof linkName === 'string' ? linkName : undefined,
  };
}
