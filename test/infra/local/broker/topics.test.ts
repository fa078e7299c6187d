import { describe, expect, it } from 'vitest';
import type { BusEntitiesInput } from '../../../../shared/bus/entities.ts';
import { receiveOne, startTestBus } from './test-bus.ts';

const TOPIC: BusEntitiesInput = {
  topics: [
    {
      name: 'events',
      requiresDuplicateDetection: true,
      subscriptions: [
        { name: 'everything', rules: [{ name: 'all', filterType: 'SqlFilter', sqlFilter: { sqlExpression: '1=1' } }] },
        {
          name: 'calls',
          rules: [
            {
              name: 'by-kind',
              filterType: 'CorrelationFilter',
              correlationFilter: { label: 'call', properties: { missed: true } },
            },
            { name: 'by-id', filterType: 'CorrelationFilter', correlationFilter: { correlationId: 'special' } },
          ],
        },
        { name: 'ordered', requiresSession: true },
      ],
    },
  ],
};

describe('a topic, with the real client', () => {
  it('gives each subscription what its rules match', async () => {
    const { client } = await startTestBus(TOPIC);
    await client.createSender('events').sendMessages([
      { body: 'missed call', subject: 'call', sessionId: '1', applicationProperties: { missed: true } },
      { body: 'answered call', subject: 'call', sessionId: '1', applicationProperties: { missed: false } },
      { body: 'special', correlationId: 'special', sessionId: '1' },
      { body: 'mail', sessionId: '1' },
    ]);
    const bodies = async (subscription: string) =>
      (await client.createReceiver('events', subscription).peekMessages(9)).map(({ body }) => body);
    expect(await bodies('everything')).toEqual(['missed call', 'answered call', 'special', 'mail']);
    expect(await bodies('calls')).toEqual(['missed call', 'special']);
    expect(await bodies('ordered')).toEqual(['missed call', 'answered call', 'special', 'mail']);
  });

  it('settles each copy on its own, and drops duplicates for all', async () => {
    const { client } = await startTestBus(TOPIC);
    const sender = client.createSender('events');
    for (let times = 0; times < 2; times++) await sender.sendMessages({ body: 1, messageId: 'same', sessionId: 'A' });
    const everything = client.createReceiver('events', 'everything');
    await everything.completeMessage(await receiveOne(everything));
    expect(await everything.peekMessages(9)).toEqual([]);
    const ordered = await client.acceptNextSession('events', 'ordered');
    await ordered.completeMessage(await receiveOne(ordered));
    expect(await ordered.peekMessages(9)).toEqual([]);
  });

  it('dead-letters for a subscription with sessions what has none', async () => {
    const { client } = await startTestBus(TOPIC);
    await client.createSender('events').sendMessages({ body: 'nobody' });
    const dead = await receiveOne(client.createReceiver('events', 'ordered', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 'nobody', deadLetterReason: 'Session ID is null' });
    expect(dead.deadLetterSource).toBe('events/Subscriptions/ordered');
  });

  it('schedules to its subscriptions', async () => {
    const { client } = await startTestBus(TOPIC);
    const sender = client.createSender('events');
    const due = new Date(Date.now() + 300);
    const [, cancelled] = await sender.scheduleMessages([{ body: 'later' }, { body: 'never' }], due);
    await sender.cancelScheduledMessages(cancelled ?? expect.fail());
    const receiver = client.createReceiver('events', 'everything');
    expect((await receiveOne(receiver)).body).toBe('later');
    expect(Date.now()).toBeGreaterThanOrEqual(due.getTime());
    expect(await receiver.peekMessages(9)).toHaveLength(1);
  });
});
