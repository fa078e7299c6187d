import { afterEach, describe, expect, it, vi } from 'vitest';
import { createServiceBus } from '../../../shared/bus/service-bus.ts';
import { TransientError } from '../../../shared/errors.ts';
import { FakeClient } from './fake-client.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const message = { messageId: 'm1', contentType: 'application/json', body: { a: 1 } };

function busUnderTest() {
  const client = new FakeClient();
  const connect = vi.fn(async () => client);
  return { client, connect, bus: createServiceBus({ connect, checkEntity: 'events' }) };
}

/** Time limits that run out when the test says so. */
function controlTimeouts() {
  const limits: { ms: number; expire: () => void }[] = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    limits.push({ ms, expire: () => controller.abort(new DOMException('timed out', 'TimeoutError')) });
    return controller.signal;
  });
  return limits;
}

/** A bus that never answers: only the end of the caller's patience ends the call. */
function silence(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

describe('a send', () => {
  it('of one message is no batch, with the body as JSON in bytes', async () => {
    const { client, bus } = busUnderTest();
    await bus.send('events', [message]);
    expect(client.sent).toEqual([{ ...message, body: Buffer.from('{"a":1}') }]);
  });

  it('of bytes leaves them as they are', async () => {
    const { client, bus } = busUnderTest();
    const body = Buffer.from('{"a": 1}');
    await bus.send('events', [{ ...message, body }]);
    expect(client.sent).toEqual([{ ...message, body: Buffer.from('{"a": 1}') }]);
  });

  it('of several messages is one batch, in order', async () => {
    const { client, bus } = busUnderTest();
    await bus.send('deliver-crm', [message, { ...message, messageId: 'm2' }]);
    expect(client.sent).toEqual([
      [
        { ...message, body: Buffer.from('{"a":1}') },
        { ...message, messageId: 'm2', body: Buffer.from('{"a":1}') },
      ],
    ]);
  });

  it('carries everything that the SDK calls by another name', async () => {
    const { client, bus } = busUnderTest();
    const at = new Date('2026-02-11T08:00:00Z');
    const applicationProperties = { route: 'missed-call', attempt: 2 };
    await bus.send('deliver-acd', [
      { ...message, sessionId: 'lane-1', subject: 's', applicationProperties, scheduledEnqueueTime: at },
    ]);
    expect(client.sent).toEqual([
      {
        ...message,
        body: Buffer.from('{"a":1}'),
        sessionId: 'lane-1',
        subject: 's',
        applicationProperties,
        scheduledEnqueueTimeUtc: at,
      },
    ]);
  });

  it('uses one client for the process and one sender for each entity', async () => {
    const { client, connect, bus } = busUnderTest();
    expect(connect).not.toHaveBeenCalled();
    await bus.send('events', [message]);
    await bus.send('failed', [message]);
    await bus.send('events', [message]);
    expect(connect).toHaveBeenCalledTimes(1);
    expect(connect).toHaveBeenCalledWith({ maxRetries: 3, retryDelayInMs: 200, timeoutInMs: 3_000 });
    expect(client.calls).toEqual(['create events', 'send events', 'create failed', 'send failed', 'send events']);
  });

  it('resolves when the bus has confirmed it, and not before', async () => {
    const { client, bus } = busUnderTest();
    let confirm = () => {};
    client.outcome = () => new Promise((resolve) => (confirm = resolve));
    const settled = vi.fn();
    const sending = bus.send('events', [message]).finally(settled);
    await expect.poll(() => client.sent.length).toBe(1);
    expect(settled).not.toHaveBeenCalled();
    confirm();
    await expect(sending).resolves.toBeUndefined();
  });

  it('that fails is worth another try, and says why', async () => {
    const { client, bus } = busUnderTest();
    const cause = new Error('amqp:not-found');
    client.outcome = () => Promise.reject(cause);
    const error = await bus.send('events', [message]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ message: 'the bus did not confirm a send to "events"', cause });
  });

  it('that is not confirmed within 8 seconds is given up', async () => {
    const limits = controlTimeouts();
    const { client, bus } = busUnderTest();
    client.outcome = silence;
    const sending = bus.send('events', [message]);
    await expect.poll(() => limits.map(({ ms }) => ms)).toEqual([8_000]);
    limits[0]?.expire();
    await expect(sending).rejects.toThrow(TransientError);
  });

  it('by a client that cannot be made is worth another try', async () => {
    const connect = () => {
      throw new Error('no such host');
    };
    await expect(createServiceBus({ connect, checkEntity: 'events' }).send('events', [message])).rejects.toThrow(
      TransientError,
    );
  });
});

describe('a check', () => {
  it('opens a link of its own and closes it', async () => {
    const { client, bus } = busUnderTest();
    await bus.send('events', [message]);
    await bus.check();
    await bus.check();
    expect(client.calls.slice(2)).toEqual([
      ...['create events', 'check events', 'close events'],
      ...['create events', 'check events', 'close events'],
    ]);
  });

  it('that fails closes its link too', async () => {
    const { client, bus } = busUnderTest();
    client.outcome = () => Promise.reject(new Error('refused'));
    await expect(bus.check()).rejects.toThrow(TransientError);
    expect(client.calls).toEqual(['create events', 'check events', 'close events']);
  });

  it('that is not answered within 3 seconds fails', async () => {
    const limits = controlTimeouts();
    const { client, bus } = busUnderTest();
    client.outcome = silence;
    const checking = bus.check();
    await expect.poll(() => limits.map(({ ms }) => ms)).toEqual([3_000]);
    limits[0]?.expire();
    await expect(checking).rejects.toThrow('the bus does not answer');
    expect(client.calls.at(-1)).toBe('close events');
  });

  it('has the answer that it got, even when its link cannot be closed', async () => {
    const { client, bus } = busUnderTest();
    client.closeFails = true;
    await expect(bus.check()).resolves.toBeUndefined();
  });

  it('by a client that cannot be made fails in the same way', async () => {
    const connect = () => {
      throw new Error('no such host');
    };
    await expect(createServiceBus({ connect, checkEntity: 'events' }).check()).rejects.toThrow(TransientError);
  });
});

describe('closing', () => {
  it('closes the client; what is sent later goes through a new one', async () => {
    const { client, connect, bus } = busUnderTest();
    await bus.send('events', [message]);
    await bus.close();
    await bus.send('events', [message]);
    expect(client.calls).toEqual(['create events', 'send events', 'close client', 'create events', 'send events']);
    expect(connect).toHaveBeenCalledTimes(2);
  });

  it('does nothing before anything was sent', async () => {
    const { connect, bus } = busUnderTest();
    await bus.close();
    expect(connect).not.toHaveBeenCalled();
  });
});
