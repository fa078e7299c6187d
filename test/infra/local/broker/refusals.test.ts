import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBroker } from '../../../../infra/local/broker/broker.ts';
import { receiveOne, startTestBus } from './test-bus.ts';

const ENTITIES = {
  queues: [{ name: 'plain' }, { name: 'ordered', requiresSession: true }],
  topics: [{ name: 'topic', subscriptions: [{ name: 'sub' }] }],
};

describe('what the broker refuses', () => {
  it('names an entity that does not exist', async () => {
    const { client } = await startTestBus(ENTITIES);
    const missing = { code: 'MessagingEntityNotFound', message: expect.stringContaining("'nowhere") };
    await expect(client.createSender('nowhere').sendMessages({ body: 1 })).rejects.toMatchObject(missing);
    await expect(client.createReceiver('nowhere').receiveMessages(1)).rejects.toMatchObject(missing);
    await expect(client.createReceiver('topic', 'other').receiveMessages(1)).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    });
  });

  it('refuses the wrong kind of receiver', async () => {
    const { client } = await startTestBus(ENTITIES);
    await expect(client.createReceiver('ordered').receiveMessages(1)).rejects.toThrow(/requires sessions/);
    // Here the client shows a text of its own.
    await expect(client.acceptSession('plain', 'A')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
    await expect(client.acceptNextSession('plain')).rejects.toThrow(/has no sessions/);
    await expect(client.createReceiver('topic').receiveMessages(1)).rejects.toThrow(/is a topic/);
  });

  it('refuses a message without a session where sessions are required, and takes nothing of its batch', async () => {
    const { client } = await startTestBus(ENTITIES);
    const sender = client.createSender('ordered');
    await expect(sender.sendMessages([{ body: 1, sessionId: 'A' }, { body: 2 }])).rejects.toThrow(
      /SessionId was not set/,
    );
    expect(await (await client.acceptSession('ordered', 'A')).peekMessages(1)).toEqual([]);
  });

  it('says which management operation it does not support, and goes on', async () => {
    const { client } = await startTestBus(ENTITIES);
    const rules = client.createRuleManager('topic', 'sub');
    await expect(rules.createRule('r', { sqlExpression: 'a=1' })).rejects.toThrow(/does not support .*add-rule/);
    await client.createSender('topic').sendMessages({ body: 1 });
    expect((await receiveOne(client.createReceiver('topic', 'sub'))).body).toBe(1);
  });

  it('finds entities whatever their case', async () => {
    const { client } = await startTestBus(ENTITIES);
    await client.createSender('PLAIN').sendMessages({ body: 1 });
    expect((await receiveOne(client.createReceiver('Plain'))).body).toBe(1);
  });

  it('refuses to start with a filter that it cannot evaluate, naming the rule', async () => {
    const rule = { name: 'mine', filterType: 'SqlFilter' as const, sqlFilter: { sqlExpression: "colour = 'red'" } };
    const entities = { topics: [{ name: 't', subscriptions: [{ name: 's', rules: [rule] }] }] };
    await expect(startBroker({ port: 0, entities })).rejects.toThrow(
      /rule "mine" of t\/Subscriptions\/s.*colour = 'red'/,
    );
  });

  it('says which port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startBroker({ port, entities: {} })).rejects.toThrow(
      `port ${port} is in use: the embedded Service Bus cannot listen`,
    );
  });
});
