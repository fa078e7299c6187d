import { once } from 'node:events';
import { createServer, connect as netConnect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect, receive, receiveOne, startTestBus } from './test-bus.ts';

const SESSIONS = { queues: [{ name: 's', requiresSession: true, maxDeliveryCount: 5 }] };
const SHORT_LOCK = { queues: [{ name: 's', requiresSession: true, lockDuration: 'PT0.4S' }] };
const NO_RENEWAL = { maxAutoLockRenewalDurationInMs: 0 };

/** A line to a port that can be cut without a word to either side's AMQP. */
async function openLine(target: number): Promise<{ port: number; cut(): void }> {
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = netConnect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.on('error', () => undefined).pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    server.close();
    for (const end of ends) end.destroy();
  };
  onTestFinished(cut);
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, cut };
}

describe('sessions, with the real client', () => {
  it('gives a waiting receiver the session of the message that arrives, in order', async () => {
    const { client } = await startTestBus(SESSIONS);
    const waiting = client.acceptNextSession('s');
    const sender = client.createSender('s');
    await sender.sendMessages([1, 2, 3].map((body) => ({ body, sessionId: 'A' })));
    const receiver = await waiting;
    expect(receiver.sessionId).toBe('A');
    expect(receiver.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now() + 50_000);
    expect((await receive(receiver, 3)).map(({ body }) => body)).toEqual([1, 2, 3]);
  });

  it('puts an abandoned message before the later ones of its session', async () => {
    const { client } = await startTestBus(SESSIONS);
    await client.createSender('s').sendMessages([1, 2, 3].map((body) => ({ body, sessionId: 'A' })));
    const receiver = await client.acceptSession('s', 'A');
    const [first] = await receive(receiver, 2);
    await receiver.abandonMessage(first ?? expect.fail());
    expect((await receive(receiver, 2)).map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([
      [1, 1],
      [3, 0],
    ]);
  });

  it('keeps each session to one receiver and serves them side by side', async () => {
    const { client } = await startTestBus(SESSIONS);
    await client.createSender('s').sendMessages(['A', 'B', 'C'].map((sessionId) => ({ body: sessionId, sessionId })));
    const receivers = await Promise.all([1, 2, 3].map(() => client.acceptNextSession('s')));
    expect(receivers.map(({ sessionId }) => sessionId).sort()).toEqual(['A', 'B', 'C']);
    for (const receiver of receivers) expect((await receiveOne(receiver)).body).toBe(receiver.sessionId);
  });

  it('refuses a session that another receiver holds', async () => {
    const { client } = await startTestBus(SESSIONS);
    await client.acceptSession('s', 'A');
    await expect(client.acceptSession('s', 'A')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
  });

  it('tells a receiver that no session became free in time', async () => {
    const { broker } = await startTestBus(SESSIONS);
    const hasty = connect(broker.connectionString, 1_000);
    await expect(hasty.acceptNextSession('s')).rejects.toMatchObject({ code: 'ServiceTimeout' });
    await hasty.close();
  });

  it('frees a session when its receiver closes: unsettled messages return uncounted', async () => {
    const { client } = await startTestBus(SESSIONS);
    await client.createSender('s').sendMessages({ body: 1, sessionId: 'A' });
    const first = await client.acceptNextSession('s');
    await receiveOne(first);
    const waiting = client.acceptNextSession('s');
    await first.close();
    expect(await receiveOne(await waiting)).toMatchObject({ body: 1, deliveryCount: 0 });
  });

  it('frees sessions at once when the connection breaks', async () => {
    const { broker, client } = await startTestBus(SESSIONS);
    await client.createSender('s').sendMessages({ body: 1, sessionId: 'A' });
    const line = await openLine(broker.port);
    const doomed = connect(broker.connectionString.replace(String(broker.port), String(line.port)), 1_000);
    onTestFinished(() => void doomed.close());
    expect(await receiveOne(await doomed.acceptSession('s', 'A'))).toMatchObject({ body: 1 });
    const waiting = client.acceptNextSession('s');
    const cutAtMs = Date.now();
    line.cut();
    expect(await receiveOne(await waiting)).toMatchObject({ body: 1, sessionId: 'A', deliveryCount: 0 });
    expect(Date.now() - cutAtMs).toBeLessThan(1_000);
  });

  it('takes a session away when its lock expires, and counts the delivery', async () => {
    const { client } = await startTestBus(SHORT_LOCK);
    await client.createSender('s').sendMessages({ body: 1, sessionId: 'A' });
    const first = await client.acceptNextSession('s', NO_RENEWAL);
    const message = await receiveOne(first);
    const second = await client.acceptNextSession('s', NO_RENEWAL);
    await expect(first.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    expect(await receiveOne(second)).toMatchObject({ body: 1, deliveryCount: 1 });
  });

  it('tells a subscriber that its session is lost', async () => {
    const { client } = await startTestBus(SHORT_LOCK);
    const session = await client.acceptSession('s', 'A', NO_RENEWAL);
    const errors: unknown[] = [];
    session.subscribe({ async processMessage() {}, processError: async ({ error }) => void errors.push(error) });
    await vi.waitFor(() => expect(errors).toContainEqual(expect.objectContaining({ code: 'SessionLockLost' })), 5_000);
  });

  it('keeps a session whose lock is renewed', async () => {
    const { client } = await startTestBus(SHORT_LOCK);
    await client.createSender('s').sendMessages({ body: 1, sessionId: 'A' });
    const session = await client.acceptNextSession('s', NO_RENEWAL);
    const message = await receiveOne(session);
    const end = session.sessionLockedUntilUtc.getTime();
    await vi.waitFor(
      async () => {
        expect((await session.renewSessionLock()).getTime()).toBeGreaterThan(end + 300);
      },
      { timeout: 5_000, interval: 50 },
    );
    await session.completeMessage(message);
  });

  it('keeps the state of a session across receivers', async () => {
    const { client } = await startTestBus(SESSIONS);
    const first = await client.acceptSession('s', 'A');
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ step: 3 });
    await first.close();
    const second = await client.acceptSession('s', 'A');
    expect(await second.getSessionState()).toEqual({ step: 3 });
  });

  it('gives deferred messages to whoever holds their session', async () => {
    const { client } = await startTestBus(SESSIONS);
    await client.createSender('s').sendMessages({ body: 1, sessionId: 'A' });
    const first = await client.acceptSession('s', 'A');
    const message = await receiveOne(first);
    await first.deferMessage(message);
    await first.close();
    const sequence = message.sequenceNumber ?? expect.fail();
    const stranger = await client.acceptSession('s', 'B');
    await expect(stranger.receiveDeferredMessages(sequence)).rejects.toMatchObject({ code: 'MessageNotFound' });
    const second = await client.acceptSession('s', 'A');
    const [deferred] = await second.receiveDeferredMessages(sequence);
    await second.completeMessage(deferred ?? expect.fail());
    expect(await second.peekMessages(1)).toEqual([]);
  });

  it('shows only the messages of its own session', async () => {
    const { client } = await startTestBus(SESSIONS);
    await client.createSender('s').sendMessages(['A', 'B', 'A'].map((sessionId, body) => ({ body, sessionId })));
    const session = await client.acceptSession('s', 'A');
    expect((await session.peekMessages(9)).map(({ body }) => body)).toEqual([0, 2]);
  });

  it('dead-letters from a session to a queue without sessions', async () => {
    const { client } = await startTestBus(SESSIONS);
    await client.createSender('s').sendMessages({ body: 1, sessionId: 'A' });
    const session = await client.acceptSession('s', 'A');
    await session.deadLetterMessage(await receiveOne(session), {
      deadLetterReason: 'why',
      deadLetterErrorDescription: '',
    });
    const dead = await receiveOne(client.createReceiver('s', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 1, sessionId: 'A', deadLetterReason: 'why' });
  });

  it('lets 150 receivers wait on one connection and wakes the right number of them', async () => {
    const { client } = await startTestBus(SESSIONS);
    const granted: string[] = [];
    const waiting = Array.from({ length: 150 }, async () => {
      const receiver = await client.acceptNextSession('s');
      granted.push(receiver.sessionId);
      return receiver;
    });
    const sender = client.createSender('s');
    await sender.sendMessages(Array.from({ length: 100 }, (_, index) => ({ body: index, sessionId: `s${index}` })));
    await vi.waitFor(() => expect(granted.length).toBe(100), 10_000);
    await sender.sendMessages(Array.from({ length: 50 }, (_, index) => ({ body: index, sessionId: `t${index}` })));
    const receivers = await Promise.all(waiting);
    expect(new Set(receivers.map(({ sessionId }) => sessionId)).size).toBe(150);
  });
});
