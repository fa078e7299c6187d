import { ServiceBusError, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SessionListener, type SessionListenerOptions } from '../../../../infra/local/host/session-listener.ts';
import { sleep } from '../../../../infra/local/host/sleep.ts';
import { FakeReceiver, receivedMessage } from './fake-receiver.ts';

const never = new Promise<never>(() => undefined);
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A listener that is granted the given sessions one after the other, and then waits for ever. */
function listen(sessions: (FakeReceiver | Error)[], changes: Partial<SessionListenerOptions> = {}) {
  const waits: number[] = [];
  const handled: string[] = [];
  const failures: string[] = [];
  const accept = vi.fn(async () => {
    const next = sessions.shift();
    if (next instanceof Error) throw next;
    return next ?? (await never);
  });
  const listener = new SessionListener({
    acceptNextSession: accept,
    handle: async (messages, receiver) => {
      handled.push(messages.map((message: ServiceBusReceivedMessage) => message.messageId).join('+'));
      for (const message of messages) await receiver.completeMessage(message);
    },
    concurrency: 1,
    maxBatchSize: 1,
    idleTimeoutMs: 20,
    maxHoldMs: Number.POSITIVE_INFINITY,
    failed: (error) => failures.push(error instanceof Error ? error.message : ''),
    recovered: () => undefined,
    clock: Date.now,
    sleep: async (ms, signal) => {
      waits.push(ms);
      await sleep(0, signal);
    },
    ...changes,
  });
  stops.push(() => listener.stop());
  listener.start();
  return { listener, accept, handled, failures, waits };
}

describe('SessionListener', () => {
  it('handles the messages of a session one by one and gives it back when idle', async () => {
    const session = new FakeReceiver();
    session.push(receivedMessage('a'), receivedMessage('b'));
    const { handled, accept } = listen([session]);
    await vi.waitFor(() => expect(session.closed).toBe(true));
    expect(handled).toEqual(['a', 'b']);
    expect(session.settled).toEqual(['complete a', 'complete b']);
    await vi.waitFor(() => expect(accept).toHaveBeenCalledTimes(2));
  });

  it('does not ask for the next message before the last is settled', async () => {
    const session = new FakeReceiver();
    session.push(receivedMessage('a'), receivedMessage('b'));
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const started: string[] = [];
    const receive = vi.spyOn(session, 'receiveMessages');
    listen([session], {
      handle: async ([message]) => {
        started.push(String(message?.messageId));
        await gate;
      },
    });
    await vi.waitFor(() => expect(started).toEqual(['a']));
    expect(receive).toHaveBeenCalledTimes(1);
    release();
    await vi.waitFor(() => expect(started).toEqual(['a', 'b']));
  });

  it('waits for as many sessions at once as it may serve', async () => {
    const sessions = [new FakeReceiver(), new FakeReceiver()];
    for (const [index, session] of sessions.entries()) session.push(receivedMessage(`s${index}`));
    let running = 0;
    const { accept } = listen([...sessions], {
      concurrency: 3,
      handle: async () => {
        running += 1;
        await never;
      },
    });
    stops.pop();
    await vi.waitFor(() => expect(running).toBe(2));
    expect(accept).toHaveBeenCalledTimes(3);
  });

  it('takes what is waiting as one batch', async () => {
    const session = new FakeReceiver();
    session.push(receivedMessage('a'), receivedMessage('b'), receivedMessage('c'));
    const { handled } = listen([session], { maxBatchSize: 2 });
    await vi.waitFor(() => expect(handled).toEqual(['a+b', 'c']));
  });

  it('gives a session back after the time for which its lock is renewed', async () => {
    const session = new FakeReceiver();
    session.push(receivedMessage('a'), receivedMessage('b'));
    let nowMs = 0;
    const { handled } = listen([session], { maxHoldMs: 10, clock: () => (nowMs += 10) });
    await vi.waitFor(() => expect(session.closed).toBe(true));
    expect(handled).toEqual(['a']);
  });

  it('reports failures, retries soon, and not more often than each second', async () => {
    const gone = () => new Error('gone');
    const session = new FakeReceiver();
    const { failures, waits, accept } = listen([gone(), gone(), gone(), gone(), session]);
    await vi.waitFor(() => expect(accept.mock.calls.length).toBeGreaterThanOrEqual(5));
    expect(failures).toEqual(['gone', 'gone', 'gone', 'gone']);
    expect(waits).toEqual([200, 400, 800, 1000]);
  });

  it('takes a wait without a session for no failure', async () => {
    let nowMs = 0;
    const { failures, accept } = listen([new ServiceBusError('nothing', 'ServiceTimeout')], {
      clock: () => (nowMs += 60_000),
    });
    await vi.waitFor(() => expect(accept).toHaveBeenCalledTimes(2));
    expect(failures).toEqual([]);
  });

  it('does not spin on a time-out that did not wait', async () => {
    const { failures, waits, accept } = listen([new ServiceBusError('nothing', 'ServiceTimeout')]);
    await vi.waitFor(() => expect(accept).toHaveBeenCalledTimes(2));
    expect([failures, waits]).toEqual([['nothing'], [200]]);
  });

  it('asks for another session when it loses one', async () => {
    const session = new FakeReceiver();
    session.fail(new ServiceBusError('lost', 'SessionLockLost'));
    const { accept } = listen([session]);
    await vi.waitFor(() => expect(accept).toHaveBeenCalledTimes(2));
    expect(session.closed).toBe(true);
  });

  it('settles the running invocation before it stops, and gives its session back', async () => {
    const session = new FakeReceiver();
    session.push(receivedMessage('a'), receivedMessage('b'));
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let running = false;
    const { listener } = listen([session], {
      idleTimeoutMs: 60_000,
      handle: async ([message], receiver) => {
        running = true;
        await gate;
        if (message) await receiver.completeMessage(message);
      },
    });
    await vi.waitFor(() => expect(running).toBe(true));
    const stopped = listener.stop();
    release();
    await stopped;
    expect(session.settled).toEqual(['complete a']);
    await vi.waitFor(() => expect(session.closed).toBe(true));
  });

  it('does not wait for a bus that never answers the giving back', async () => {
    const session = new FakeReceiver();
    session.close = () => never;
    const { accept } = listen([session]);
    await vi.waitFor(() => expect(accept).toHaveBeenCalledTimes(2), { timeout: 3000 });
  });

  it('stops at once while a session is idle', async () => {
    const session = new FakeReceiver();
    const { listener, accept } = listen([session], { idleTimeoutMs: 60_000 });
    await vi.waitFor(() => expect(accept).toHaveBeenCalledTimes(1));
    await listener.stop();
    await vi.waitFor(() => expect(session.closed).toBe(true));
  });
});
