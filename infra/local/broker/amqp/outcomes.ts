import rhea, { type Typed } from 'rhea';
import { MalformedAmqpError } from '../codec/values.ts';
import { BrokerError, CONDITION } from '../engine/errors.ts';

const { types } = rhea;

/** Delivery outcomes (OASIS AMQP 1.0, part 3, section 3.4), ready to be put into a disposition. */
export const ACCEPTED: Typed = types.wrap_described([], 0x24);

export function rejected(error: AmqpErrorInfo): Typed {
  const details = [types.wrap_symbol(error.condition), types.wrap_string(error.description)];
  return types.wrap_described([types.wrap_described(details, 0x1d)], 0x25);
}

/** What links and outcomes say about a refusal. */
export interface AmqpErrorInfo {
  readonly condition: string;
  readonly description: string;
}

/** An error in the client's terms. What is not the client's doing is not explained to it, but reported to `unexpected`. */
export function describeError(error: unknown, unexpected: (error: unknown) => void): AmqpErrorInfo {
  if (error instanceof BrokerError) return { condition: error.condition, description: error.message };
  if (error instanceof MalformedAmqpError) return { condition: CONDITION.decodeError, description: error.message };
  unexpected(error);
  return { condition: CONDITION.internalError, description: 'The broker failed. Its log says why.' };
}
