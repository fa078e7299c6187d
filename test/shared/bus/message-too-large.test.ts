import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { isMessageTooLarge } from '../../../shared/bus/message-too-large.ts';
import { TransientError } from '../../../shared/errors.ts';

describe('isMessageTooLarge', () => {
  it('finds the SDK error behind what the bus throws', () => {
    const cause = new ServiceBusError('too big', 'MessageSizeExceeded');
    expect(isMessageTooLarge(cause)).toBe(true);
    expect(isMessageTooLarge(new TransientError('not confirmed', { cause }))).toBe(true);
  });

  it.each([
    new TransientError('not confirmed', { cause: new ServiceBusError('busy', 'ServiceBusy') }),
    new TransientError('not confirmed'),
    'MessageSizeExceeded',
    undefined,
  ])('leaves other failures to be tried again', (error) => {
    expect(isMessageTooLarge(error)).toBe(false);
  });
});
