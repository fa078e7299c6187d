import { describe, expect, it } from 'vitest';
import { PermanentError, TransientError } from '../../../../shared/errors.ts';
import { failureOf } from '../bound-step.ts';
import { nimbus, nimbusWith } from './nimbus-under-test.ts';

/** Notes in which order leave is asked for, tokens are given, and requests go out. */
function watched() {
  const order: string[] = [];
  const credentials = {
    headers: async () => {
      order.push('token');
      return { authorization: 'Bearer old' };
    },
    refreshed: async () => {
      order.push('new token');
      return { authorization: 'Bearer new' };
    },
  };
  const beforeCall = async () => void order.push('leave');
  return { order, credentials, beforeCall };
}

describe('a call of Nimbus', () => {
  it('waits for leave once, when its token is there', async () => {
    const { order, ...options } = watched();
    await nimbusWith(options, {}).client.testConnection();
    expect(order).toEqual(['token', 'leave']);
  });

  it('waits again before it is repeated with a new token', async () => {
    const { order, ...options } = watched();
    const { net, client } = nimbusWith(options, { status: 401 }, {});
    await client.testConnection();
    expect(order).toEqual(['token', 'leave', 'new token', 'leave']);
    expect(net.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('is not made without leave, and says when to come back', async () => {
    const beforeCall = () => Promise.reject(new TransientError('the budget is used up', { retryAfterMs: 12_000 }));
    const { net, client } = nimbusWith({ beforeCall }, {});
    const failure = await failureOf(client.testConnection());
    expect(failure).toMatchObject({ name: 'TransientError', retryAfterMs: 12_000 });
    expect(net.requests).toEqual([]);
  });

  it('does not use up leave when there is no token', async () => {
    const { order, beforeCall } = watched();
    const headers = () => Promise.reject(new TransientError('sign in first'));
    const { client } = nimbusWith({ credentials: { headers }, beforeCall });
    await expect(client.testConnection()).rejects.toThrow('sign in first');
    expect(order).toEqual([]);
  });

  it('is repeated no earlier than Nimbus asks for', async () => {
    const { client } = nimbus({ status: 429, headers: { 'retry-after': '7' } });
    expect(await failureOf(client.testConnection())).toMatchObject({
      name: 'TransientError',
      httpStatus: 429,
      retryAfterMs: 7_000,
    });
  });
});

describe('what does not fit the published definition', () => {
  it('is not sent, and is said without values', async () => {
    const { net, client } = nimbus({});
    const preferredUsers = [{ upn: 'a@contoso.example', priority: 100 }];
    const tooMany = Array.from({ length: 11 }, () => ({ upn: 'a@contoso.example' }));
    for (const [information, problem] of [
      [{ preferredUsers }, 'preferredUsers.0.priority: Too big: expected number to be <=99'],
      [{ preferredUsers: tooMany }, 'preferredUsers: Too big: expected array to have <=10 items'],
    ] as const) {
      const failure = await failureOf(client.updateTask('task-1', information));
      expect(failure).toBeInstanceOf(PermanentError);
      expect(failure.message).toBe(`"update task" does not fit the Nimbus API: ${problem}`);
    }
    expect(net.requests).toEqual([]);
  });

  it('is not taken for an answer', async () => {
    for (const answer of [{ json: { SECRET: 1 } }, { text: '<html>SECRET</html>' }, {}]) {
      const failure = await failureOf(nimbus(answer).client.getServices());
      expect(failure).toBeInstanceOf(PermanentError);
      expect(failure.message).toBe('Nimbus took "get services", but its answer can\'t be read');
    }
  });
});
