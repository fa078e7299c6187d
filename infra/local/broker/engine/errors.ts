/** Conditions of the Service Bus dialect, as clients expect to read them. */
export const CONDITION = {
  notFound: 'amqp:not-found',
  notAllowed: 'amqp:not-allowed',
  notImplemented: 'amqp:not-implemented',
  invalidField: 'amqp:invalid-field',
  decodeError: 'amqp:decode-error',
  internalError: 'amqp:internal-error',
  tooLarge: 'amqp:link:message-size-exceeded',
  connectionForced: 'amqp:connection:forced',
  messageLockLost: 'com.microsoft:message-lock-lost',
  messageNotFound: 'com.microsoft:message-not-found',
  sessionLockLost: 'com.microsoft:session-lock-lost',
  sessionCannotBeLocked: 'com.microsoft:session-cannot-be-locked',
  timeout: 'com.microsoft:timeout',
} as const;

export type Condition = (typeof CONDITION)[keyof typeof CONDITION];

/** A request that the broker refuses. Clients are told the condition and the message. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly condition: Condition;

  constructor(condition: Condition, message: string) {
    super(message);
    this.condition = condition;
  }
}

/** The wording matters: the client library recognises a missing entity by it. */
export function entityNotFound(address: string): BrokerError {
  return new BrokerError(CONDITION.notFound, `The messaging entity '${address}' could not be found.`);
}

export function messageLockLost(): BrokerError {
  return new BrokerError(
    CONDITION.messageLockLost,
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  );
}

export function sessionLockLost(sessionId: string): BrokerError {
  return new BrokerError(
    CONDITION.sessionLockLost,
    `The session lock was lost: session '${sessionId}' must be accepted again.`,
  );
}
