import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from '../../../../shared/zod.ts';
import { connect, receive, receiveOne } from './test-bus.ts';

const PROCESS = fileURLToPath(new URL('./fixtures/broker-process.ts', import.meta.url));
const readySchema = z.object({ port: z.number(), connectionString: z.string() });

interface BrokerProcess extends z.infer<typeof readySchema> {
  readonly child: ChildProcess;
}

async function spawn(dir: string, port: number): Promise<BrokerProcess> {
  const child = fork(PROCESS, [String(port), dir], { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [message] = await once(child, 'message');
  return { child, ...readySchema.parse(message) };
}

async function kill({ child }: BrokerProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'broker-restart-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A send that was under way when the broker died is given up by the client only after `timeoutInMs`. */
function client(broker: BrokerProcess, timeoutInMs?: number): ServiceBusClient {
  const made = connect(broker.connectionString, timeoutInMs);
  // Not waited for: by then its broker may be dead.
  onTestFinished(() => void made.close());
  return made;
}

const bodies = (messages: readonly ServiceBusReceivedMessage[]) => messages.map(({ body }) => body);

describe('a broker that is killed', () => {
  it('has every kind of message and state again after its restart', async () => {
    const dir = await folder();
    const first = await spawn(dir, 0);
    const before = client(first);
    const sender = before.createSender('plain');
    const batch = ['completed', 'locked', 'abandoned', 'deferred', 'dead', 'waiting'];
    await sender.sendMessages(batch.map((body) => ({ body, messageId: body })));
    const due = new Date(Date.now() + 2_000);
    await sender.scheduleMessages([{ body: 'scheduled' }], due);
    const receiver = before.createReceiver('plain');
    const [completed, , abandoned, deferred, dead] = await receive(receiver, 5);
    await receiver.completeMessage(completed ?? expect.fail());
    await receiver.deferMessage(deferred ?? expect.fail());
    await receiver.deadLetterMessage(dead ?? expect.fail(), {
      deadLetterReason: 'why',
      deadLetterErrorDescription: '',
    });
    await receiver.abandonMessage(abandoned ?? expect.fail(), { note: 'again' });
    await before.createSender('ordered').sendMessages([1, 2, 3].map((body) => ({ body, sessionId: 'A' })));
    const session = await before.acceptSession('ordered', 'A');
    await session.setSessionState('half-way');
    await session.completeMessage(await receiveOne(session));

    await kill(first);
    const second = await spawn(dir, first.port);
    expect(second.port).toBe(first.port);
    const after = client(second);
    const again = after.createReceiver('plain');
    const received = await receive(again, 3);
    expect(bodies(received)).toEqual(['locked', 'abandoned', 'waiting']);
    expect(received[1]).toMatchObject({ deliveryCount: 1, applicationProperties: { note: 'again' } });
    const [stillDeferred] = await again.receiveDeferredMessages(deferred?.sequenceNumber ?? expect.fail());
    expect(stillDeferred?.body).toBe('deferred');
    const corpse = await receiveOne(after.createReceiver('plain', { subQueueType: 'deadLetter' }));
    expect(corpse).toMatchObject({ body: 'dead', deadLetterReason: 'why' });
    const resumed = await after.acceptNextSession('ordered');
    expect(await resumed.getSessionState()).toBe('half-way');
    expect(bodies(await receive(resumed, 2))).toEqual([2, 3]);
    // A duplicate of what was completed before the kill is still one.
    await after.createSender('plain').sendMessages({ body: 'twice', messageId: 'completed' });
    const scheduled = await receiveOne(again);
    expect(scheduled.body).toBe('scheduled');
    expect(Date.now()).toBeGreaterThanOrEqual(due.getTime());
    expect(await again.receiveMessages(1, { maxWaitTimeInMs: 100 })).toEqual([]);
  });

  it('loses nothing that it confirmed, and brings nothing back that it confirmed as done, whenever it is killed', async () => {
    const dir = await folder();
    let broker = await spawn(dir, 0);
    const bus = client(broker, 1_500);
    const sent = new Set<string>();
    const received = new Map<string, number>();
    const done = new Set<string>();
    const doneAgain: string[] = [];
    let sending = true;

    const senders = Array.from({ length: 8 }, async (_, lane) => {
      const plain = bus.createSender('plain');
      const ordered = bus.createSender('ordered');
      for (let index = 0; sending; index++) {
        const body = `${lane}/${index}`;
        const toSession = index % 2 === 0;
        const message = { body, messageId: body, sessionId: `lane-${lane}` };
        try {
          await (toSession ? ordered : plain).sendMessages(message);
          sent.add(body);
        } catch {
          // Not confirmed: it may be there or not.
        }
      }
    });
    const processMessage = async ({ body }: ServiceBusReceivedMessage) => {
      if (done.has(body)) doneAgain.push(body);
      received.set(body, (received.get(body) ?? 0) + 1);
    };
    const receiver = bus.createReceiver('plain');
    const subscription = receiver.subscribe(
      {
        async processMessage(message) {
          await processMessage(message);
          await receiver.completeMessage(message).then(
            () => done.add(message.body),
            () => undefined,
          );
        },
        async processError() {},
      },
      { maxConcurrentCalls: 20, autoCompleteMessages: false },
    );

    for (let kills = 0; kills < 3; kills++) {
      const enough = sent.size + 150;
      await vi.waitFor(() => expect(sent.size).toBeGreaterThan(enough), { timeout: 10_000, interval: 5 });
      await kill(broker);
      broker = await spawn(dir, broker.port);
    }
    sending = false;
    await Promise.all(senders);
    const plain = [...sent].filter((body) => Number(body.split('/')[1]) % 2 === 1);
    await vi.waitFor(() => expect(plain.filter((body) => !received.has(body))).toEqual([]), {
      timeout: 15_000,
      interval: 50,
    });
    await subscription.close();
    expect(doneAgain).toEqual([]);

    const ordered = [...sent].filter((body) => Number(body.split('/')[1]) % 2 === 0);
    const found = new Set<string>();
    for (let lane = 0; lane < 8; lane++) {
      const session = await bus.acceptSession('ordered', `lane-${lane}`);
      let previous = -1;
      for (;;) {
        const messages = await session.receiveMessages(200, { maxWaitTimeInMs: 300 });
        if (messages.length === 0) break;
        for (const { body, sequenceNumber } of messages) {
          expect(Number(sequenceNumber)).toBeGreaterThan(previous);
          previous = Number(sequenceNumber);
          found.add(body);
        }
      }
      await session.close();
    }
    expect(ordered.filter((body) => !found.has(body))).toEqual([]);
    await bus.close();
  }, 60_000);
});
