import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { receive, startTestBus } from './test-bus.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'broker-durable-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe('a broker with a data folder', () => {
  it('delivers each message once to a receiver that drains its credit again and again', async () => {
    const { client } = await startTestBus({ queues: [{ name: 'q' }] }, { dataDir: await folder() });
    await client.createSender('q').sendMessages(Array.from({ length: 300 }, (_, body) => ({ body })));
    const receiver = client.createReceiver('q', { receiveMode: 'receiveAndDelete' });
    const bodies: unknown[] = [];
    while (bodies.length < 300) {
      // Asks for more than there is in the end, so that the last call drains too.
      const messages = await receiver.receiveMessages(7, { maxWaitTimeInMs: 200 });
      if (messages.length === 0) break;
      bodies.push(...messages.map(({ body }) => body));
    }
    expect(bodies).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  it('settles many messages at once, each with its own outcome', async () => {
    const { client } = await startTestBus({ queues: [{ name: 'q' }] }, { dataDir: await folder() });
    await client.createSender('q').sendMessages(Array.from({ length: 60 }, (_, body) => ({ body })));
    const receiver = client.createReceiver('q');
    const messages = await receive(receiver, 60);
    const settle = [
      receiver.completeMessage.bind(receiver),
      receiver.abandonMessage.bind(receiver),
      receiver.deferMessage.bind(receiver),
      receiver.deadLetterMessage.bind(receiver),
    ];
    await Promise.all(messages.map((message, index) => settle[index % 4]?.(message)));
    const left = await receiver.peekMessages(100);
    expect(left.map(({ body, state }) => [body % 4, state])).toEqual(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? [1, 'active'] : [2, 'deferred'])),
    );
    const dead = await client.createReceiver('q', { subQueueType: 'deadLetter' }).peekMessages(100);
    expect(dead.map(({ body }) => body % 4)).toEqual(Array.from({ length: 15 }, () => 3));
  });
});
