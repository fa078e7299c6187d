import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { receive, receiveOne, startTestBus } from './test-bus.ts';

const QUEUE = { queues: [{ name: 'q', maxDeliveryCount: 3 }] };
const SHORT_LOCK = { queues: [{ name: 'q', lockDuration: 'PT0.3S' }] };

describe('a queue, with the real client', () => {
  it('gives a message as it was sent', async () => {
    const { client } = await startTestBus(QUEUE);
    const before = Date.now();
    await client.createSender('q').sendMessages({
      ...{ body: { task: 7, text: 'grüezi' }, messageId: 'm-1', subject: 'nimbus', correlationId: 'c-1', to: 'there' },
      ...{ contentType: 'application/json', replyTo: 'here', timeToLive: 60_000, partitionKey: 'p' },
      applicationProperties: { text: 'a', whole: 12, real: 1.5, yes: true, when: new Date(1_700_000_000_000) },
    });
    const message = await receiveOne(client.createReceiver('q'));
    expect(message).toMatchObject({
      ...{ body: { task: 7, text: 'grüezi' }, messageId: 'm-1', subject: 'nimbus', correlationId: 'c-1', to: 'there' },
      ...{ contentType: 'application/json', replyTo: 'here', timeToLive: 60_000, partitionKey: 'p' },
      ...{ deliveryCount: 0, state: 'active' },
      applicationProperties: { text: 'a', whole: 12, real: 1.5, yes: true },
    });
    expect(String(message.sequenceNumber)).toBe('1');
    expect(message.enqueuedTimeUtc?.getTime()).toBeGreaterThanOrEqual(before);
    expect(message.expiresAtUtc?.getTime()).toBe((message.enqueuedTimeUtc?.getTime() ?? 0) + 60_000);
    expect(message.lockedUntilUtc?.getTime()).toBeGreaterThan(before + 50_000);
  });

  it('takes a batch, and gives messages without an id one', async () => {
    const { client } = await startTestBus(QUEUE);
    const sender = client.createSender('q');
    const batch = await sender.createMessageBatch();
    for (let index = 0; index < 50; index++) expect(batch.tryAddMessage({ body: index })).toBe(true);
    await sender.sendMessages(batch);
    const messages = await receive(client.createReceiver('q'), 50);
    expect(messages.map(({ body }) => body)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(50);
  });

  it('takes a message of several frames unharmed', async () => {
    const { client } = await startTestBus({ queues: [{ name: 'q', maxMessageSizeInKilobytes: 1024 }] });
    const body = Buffer.alloc(900_000, 'nimbus ');
    await client.createSender('q').sendMessages({ body });
    const message = await receiveOne(client.createReceiver('q'));
    expect(body.equals(message.body)).toBe(true);
  });

  it('refuses a message that is too large, and goes on', async () => {
    const { client } = await startTestBus(QUEUE);
    const sender = client.createSender('q');
    await expect(sender.sendMessages({ body: Buffer.alloc(300_000) })).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
      message: expect.stringContaining('262144'),
    });
    await sender.sendMessages({ body: 'small' });
    expect((await receiveOne(client.createReceiver('q'))).body).toBe('small');
  });

  it('forgets a completed message', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages({ body: 1 });
    const receiver = client.createReceiver('q');
    await receiver.completeMessage(await receiveOne(receiver));
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it('gives an abandoned message again before the others, with changed properties', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages([{ body: 1, applicationProperties: { kept: 1.5 } }, { body: 2 }]);
    const receiver = client.createReceiver('q');
    await receiver.abandonMessage(await receiveOne(receiver), { whole: 7, text: 'x' });
    const again = await receiveOne(receiver);
    expect(again).toMatchObject({
      body: 1,
      deliveryCount: 1,
      applicationProperties: { kept: 1.5, whole: 7, text: 'x' },
    });
  });

  it('dead-letters a message after its last attempt', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages({ body: 'poison' });
    const receiver = client.createReceiver('q');
    for (let attempt = 0; attempt < 3; attempt++) await receiver.abandonMessage(await receiveOne(receiver));
    const dead = await receiveOne(client.createReceiver('q', { subQueueType: 'deadLetter' }));
    expect(dead).toMatchObject({ body: 'poison', deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterSource: 'q' });
    expect(dead.deadLetterErrorDescription).toContain('3 delivery attempts');
  });

  it('dead-letters on request, with reason and properties', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages({ body: 1 });
    const receiver = client.createReceiver('q');
    const options = { deadLetterReason: 'why', deadLetterErrorDescription: 'because', extra: 5 };
    await receiver.deadLetterMessage(await receiveOne(receiver), options);
    const deadLetters = client.createReceiver('q', { subQueueType: 'deadLetter' });
    const dead = await receiveOne(deadLetters);
    expect(dead).toMatchObject({ deadLetterReason: 'why', deadLetterErrorDescription: 'because' });
    expect(dead.applicationProperties).toMatchObject({ extra: 5 });
    await deadLetters.completeMessage(dead);
    expect(await deadLetters.peekMessages(1)).toEqual([]);
  });

  it('sets a deferred message aside until it is asked for', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('q');
    const first = await receiveOne(receiver);
    await receiver.deferMessage(first, { step: 'later' });
    expect((await receiveOne(receiver)).body).toBe(2);
    const sequence = first.sequenceNumber ?? expect.fail('no sequence number');
    const [deferred] = await receiver.receiveDeferredMessages(sequence);
    expect(deferred).toMatchObject({ body: 1, state: 'deferred', applicationProperties: { step: 'later' } });
    await receiver.completeMessage(deferred ?? expect.fail('nothing was deferred'));
    await expect(receiver.receiveDeferredMessages(sequence)).rejects.toMatchObject({ code: 'MessageNotFound' });
  });

  it('keeps scheduled messages until their time, and forgets cancelled ones', async () => {
    const { client } = await startTestBus(QUEUE);
    const sender = client.createSender('q');
    const receiver = client.createReceiver('q');
    const due = new Date(Date.now() + 600);
    const [, second] = await sender.scheduleMessages([{ body: 'operation' }, { body: 'cancelled' }], due);
    await sender.sendMessages({ body: 'annotation', scheduledEnqueueTimeUtc: due });
    expect((await receiver.peekMessages(9)).map(({ state }) => state)).toEqual(['scheduled', 'scheduled', 'scheduled']);
    await sender.cancelScheduledMessages(second ?? expect.fail('two numbers were expected'));
    const messages = await receive(receiver, 2);
    expect(Date.now()).toBeGreaterThanOrEqual(due.getTime());
    expect(messages.map(({ body }) => body).sort()).toEqual(['annotation', 'operation']);
    await expect(sender.cancelScheduledMessages(second ?? expect.fail())).rejects.toMatchObject({
      code: 'MessageNotFound',
    });
  });

  it('delivers again when a lock expires, and refuses the late settlement', async () => {
    const { client } = await startTestBus(SHORT_LOCK);
    await client.createSender('q').sendMessages({ body: 1 });
    const receiver = client.createReceiver('q', { maxAutoLockRenewalDurationInMs: 0 });
    const first = await receiveOne(receiver);
    const second = await receiveOne(receiver);
    expect(second.deliveryCount).toBe(1);
    await expect(receiver.completeMessage(first)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await receiver.completeMessage(second);
  });

  it('renews a lock', async () => {
    const { client } = await startTestBus(SHORT_LOCK);
    await client.createSender('q').sendMessages({ body: 1 });
    const receiver = client.createReceiver('q', { maxAutoLockRenewalDurationInMs: 0 });
    const message = await receiveOne(receiver);
    const until = message.lockedUntilUtc?.getTime() ?? 0;
    await delay(100);
    expect((await receiver.renewMessageLock(message)).getTime()).toBeGreaterThan(until);
    await delay(Math.max(0, until + 20 - Date.now()));
    await receiver.completeMessage(message);
  });

  it('settles a message whose receiver was closed', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages({ body: 1 });
    const receiver = client.createReceiver('q');
    const message = await receiveOne(receiver);
    await receiver.close();
    const other = client.createReceiver('q');
    expect(await other.receiveMessages(1, { maxWaitTimeInMs: 100 })).toEqual([]);
    await expect(receiver.completeMessage(message)).rejects.toThrow();
    await other.completeMessage(message);
    expect(await other.peekMessages(1)).toEqual([]);
  });

  it('deletes as it delivers in receive-and-delete mode', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('q', { receiveMode: 'receiveAndDelete' });
    expect((await receive(receiver, 2)).map(({ body }) => body)).toEqual([1, 2]);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it('answers a receiver that finds nothing in the time it waits', async () => {
    const { client } = await startTestBus(QUEUE);
    const receiver = client.createReceiver('q');
    await receiver.peekMessages(1);
    const before = Date.now();
    expect(await receiver.receiveMessages(5, { maxWaitTimeInMs: 100 })).toEqual([]);
    expect(Date.now() - before).toBeLessThan(1_000);
    await client.createSender('q').sendMessages({ body: 'the link still works' });
    expect((await receiveOne(receiver)).body).toBe('the link still works');
  });

  it('loses nothing to a subscriber whose handler throws beside one that succeeds', async () => {
    const { client } = await startTestBus(QUEUE);
    const bodies = Array.from({ length: 40 }, (_, index) => index);
    await client.createSender('q').sendMessages(bodies.map((body) => ({ body })));
    const done = new Set<unknown>();
    const subscription = client.createReceiver('q').subscribe(
      {
        async processMessage({ body, deliveryCount }) {
          if (deliveryCount === 0 && body % 2 === 1) throw new Error('once');
          done.add(body);
        },
        async processError() {},
      },
      { maxConcurrentCalls: 10 },
    );
    await vi.waitFor(() => expect(done.size).toBe(40), 10_000);
    await subscription.close();
  });

  it('delivers more than a window of messages to one subscriber', async () => {
    const { client } = await startTestBus(QUEUE);
    const sender = client.createSender('q');
    const total = 5_000;
    for (let sent = 0; sent < total; sent += 500) {
      await sender.sendMessages(Array.from({ length: 500 }, (_, index) => ({ body: sent + index })));
    }
    const seen = new Set<unknown>();
    const handlers = {
      processMessage: async ({ body }: { body: unknown }) => void seen.add(body),
      async processError() {},
    };
    const subscription = client.createReceiver('q').subscribe(handlers, { maxConcurrentCalls: 100 });
    await vi.waitFor(() => expect(seen.size).toBe(total), { timeout: 12_000, interval: 50 });
    await subscription.close();
  });

  it('drops duplicates within the window', async () => {
    const { client } = await startTestBus({ queues: [{ name: 'q', requiresDuplicateDetection: true }] });
    const sender = client.createSender('q');
    await sender.sendMessages({ body: 1, messageId: 'same' });
    await sender.sendMessages([
      { body: 2, messageId: 'same' },
      { body: 3, messageId: 'other' },
    ]);
    expect((await client.createReceiver('q').peekMessages(9)).map(({ body }) => body)).toEqual([1, 3]);
  });

  it('dead-letters expired messages where the queue says so, and drops them elsewhere', async () => {
    const { client } = await startTestBus({
      queues: [
        { name: 'kept', deadLetteringOnMessageExpiration: true },
        { name: 'dropped', defaultMessageTimeToLive: 'PT0.1S' },
      ],
    });
    await client.createSender('kept').sendMessages({ body: 1, timeToLive: 100 });
    await client.createSender('dropped').sendMessages({ body: 1 });
    const dead = await receiveOne(client.createReceiver('kept', { subQueueType: 'deadLetter' }));
    expect(dead.deadLetterReason).toBe('TTLExpiredException');
    const dropped = client.createReceiver('dropped');
    await vi.waitFor(async () => expect(await dropped.peekMessages(1)).toEqual([]));
    expect(await client.createReceiver('dropped', { subQueueType: 'deadLetter' }).peekMessages(1)).toEqual([]);
  });

  it('gives a message to one receiver only, on one connection or two', async () => {
    const { client } = await startTestBus(QUEUE);
    await client.createSender('q').sendMessages(Array.from({ length: 20 }, (_, body) => ({ body })));
    const receivers = [client.createReceiver('q'), client.createReceiver('q')];
    const received = await Promise.all(receivers.map((receiver) => receive(receiver, 10)));
    expect(new Set(received.flat().map(({ body }) => body)).size).toBe(20);
  });
});
