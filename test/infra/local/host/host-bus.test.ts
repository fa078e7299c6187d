import { fileURLToPath } from 'node:url';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Broker, startBroker } from '../../../../infra/local/broker/broker.ts';
import { type RunningHost, startHost } from '../../../../infra/local/host/host.ts';
import type { LogRecord } from '../../../../infra/local/host/log.ts';

interface Call {
  functionName: string;
  input: unknown;
  metadata: Record<string, unknown> | undefined;
  retryContext: { retryCount: number; exception?: { message: string } } | undefined;
  until: Promise<void> | undefined;
}

const entities = {
  queues: [
    { name: 'ordered', requiresSession: true, maxDeliveryCount: 3 },
    { name: 'short-lock', requiresSession: true, lockDuration: 'PT1S' },
    { name: 'session-batch', requiresSession: true },
    { name: 'plain', maxDeliveryCount: 2 },
    { name: 'batch' },
  ],
  topics: [
    {
      name: 'events',
      subscriptions: [
        {
          name: 'router',
          requiresSession: true,
          rules: [{ name: 'all', filterType: 'SqlFilter' as const, sqlFilter: { sqlExpression: '1=1' } }],
        },
      ],
    },
  ],
};
const retryOptions = { retryDelayInMs: 50 };

const calls: Call[] = [];
const records: LogRecord[] = [];
let onCall: (call: Call) => Promise<void> | undefined = () => undefined;
let broker: Broker;
let client: ServiceBusClient;
let host: RunningHost;

const take = (call: Call) => {
  calls.push(call);
  call.until = onCall(call);
};

beforeAll(async () => {
  process.on('fixture-call', take);
  broker = await startBroker({ port: 0, entities });
  client = new ServiceBusClient(broker.connectionString, { retryOptions });
  host = await startHost({
    appDir: fileURLToPath(new URL('./fixtures/bus-app', import.meta.url)),
    port: 0,
    env: { Bus: broker.connectionString, TOPIC: 'events', 'AzureWebJobs.off.Disabled': 'true' },
    keys: { master: 'master-key' },
    log: (record) => records.push(record),
  });
  await vi.waitFor(() => expect(of('tick')).toHaveLength(1));
});
afterAll(async () => {
  await host.stop();
  await client.close();
  await broker.close();
  process.off('fixture-call', take);
});
beforeEach(() => {
  calls.length = 0;
  records.length = 0;
});
afterEach(() => {
  onCall = () => undefined;
});

const of = (functionName: string) => calls.filter((call) => call.functionName === functionName);
const text = (input: unknown) => (Buffer.isBuffer(input) ? input.toString('utf8') : JSON.stringify(input));
const texts = (functionName: string) => of(functionName).map((call) => text(call.input));
const waitForCalls = (functionName: string, count: number) =>
  vi.waitFor(() => expect(of(functionName).length).toBeGreaterThanOrEqual(count), { timeout: 5000, interval: 5 });

async function send(entity: string, ...messages: ServiceBusMessage[]): Promise<void> {
  const sender = client.createSender(entity);
  await sender.sendMessages(messages);
  await sender.close();
}

/** Messages that are still in a queue, locked or not. */
async function left(queue: string, subQueueType?: 'deadLetter'): Promise<number> {
  const receiver = client.createReceiver(queue, subQueueType ? { subQueueType } : {});
  const messages = await receiver.peekMessages(100);
  await receiver.close();
  return messages.length;
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('sessions, cardinality one', () => {
  it('keep the order in each session, one message at a time, sessions side by side', async () => {
    const running = new Map<string, number>();
    let mostSessions = 0;
    onCall = async (call) => {
      const session = String(call.metadata?.sessionId);
      expect(running.has(session)).toBe(false);
      running.set(session, 1);
      mostSessions = Math.max(mostSessions, running.size);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running.delete(session);
    };
    const sessions = ['a', 'b', 'c', 'd', 'e', 'f'];
    const messages = Array.from({ length: 60 }, (_, index) => ({
      body: Buffer.from(String(index)),
      sessionId: sessions[index % sessions.length] ?? '',
    }));
    await send('ordered', ...messages);
    await waitForCalls('ordered', 60);
    for (const session of sessions) {
      const numbers = of('ordered')
        .filter((call) => call.metadata?.sessionId === session)
        .map((call) => Number(text(call.input)));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(numbers).toHaveLength(10);
    }
    expect(mostSessions).toBe(4);
    await vi.waitFor(async () => expect(await left('ordered')).toBe(0));
  });

  it('hand over bytes and metadata', async () => {
    const body = Buffer.from('{"deliveryCount":99}');
    await send('ordered', {
      body,
      sessionId: 's',
      messageId: '12345',
      subject: 'true',
      applicationProperties: { Tenant: 'x' },
    });
    await waitForCalls('ordered', 1);
    const [call] = of('ordered');
    expect(call?.input).toEqual(body);
    expect(call?.metadata).toMatchObject({
      sessionId: 's',
      deliveryCount: 1,
      messageId: 12_345,
      subject: true,
      applicationProperties: { tenant: 'x' },
      lockToken: expect.stringMatching(/^[\da-f-]{36}$/),
      enqueuedTime: expect.stringMatching(/\+00:00$/),
      enqueuedTimeUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+$/),
      sequenceNumber: expect.any(Number),
    });
  });

  it('redeliver a failed message at once and before its followers, until it is a dead letter', async () => {
    onCall = async (call) => {
      if (text(call.input) === 'bad') throw new Error('refused');
    };
    await send('ordered', { body: Buffer.from('bad'), sessionId: 'x' }, { body: Buffer.from('good'), sessionId: 'x' });
    await waitForCalls('ordered', 4);
    expect(texts('ordered')).toEqual(['bad', 'bad', 'bad', 'good']);
    expect(of('ordered').map((call) => call.metadata?.deliveryCount)).toEqual([1, 2, 3, 1]);
    await vi.waitFor(async () => expect(await left('ordered', 'deadLetter')).toBe(1));
    expect(records.filter((record) => record.level === 'error')).toHaveLength(3);
  });

  it('release an idle session for others when all places are taken', async () => {
    for (const session of ['1', '2', '3', '4', '5'])
      await send('ordered', { body: Buffer.from(session), sessionId: session });
    await waitForCalls('ordered', 5);
    expect(texts('ordered').sort()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('renew the lock of a session while its handler runs', async () => {
    const { open, opened } = gate();
    onCall = () => opened;
    await send('short-lock', { body: Buffer.from('long'), sessionId: 'l' });
    await waitForCalls('longRun', 1);
    const lockedMs = Date.now();
    await vi.waitFor(() => expect(Date.now() - lockedMs).toBeGreaterThan(1500), { timeout: 3000 });
    open();
    await vi.waitFor(async () => expect(await left('short-lock')).toBe(0));
    expect(of('longRun')).toHaveLength(1);
    expect(records.filter((record) => record.level === 'warning')).toEqual([]);
  });

  it('serve subscriptions, with the body as text overwriting metadata', async () => {
    await send('events', { body: { deliveryCount: 99, n: 1 }, sessionId: 't' });
    await waitForCalls('router', 1);
    expect(of('router')[0]).toMatchObject({
      input: { deliveryCount: 99, n: 1 },
      metadata: { deliveryCount: 99, n: 1 },
    });
  });
});

describe('no sessions, cardinality one', () => {
  it('runs several at once, completes and abandons each on its own', async () => {
    const { open, opened } = gate();
    onCall = async (call) => {
      await opened;
      if (text(call.input) === '{"n":1}') throw new Error('refused');
    };
    await send('plain', ...Array.from({ length: 8 }, (_, n) => ({ body: { n } })));
    await waitForCalls('plain', 8);
    open();
    await waitForCalls('plain', 9);
    expect(texts('plain').at(-1)).toBe('{"n":1}');
    await vi.waitFor(async () => expect([await left('plain'), await left('plain', 'deadLetter')]).toEqual([0, 1]));
  });

  it('leaves disabled functions alone', () => {
    expect(host.functions).not.toContain('off');
  });
});

describe('cardinality many', () => {
  it('runs one batch at a time and settles it as one', async () => {
    const { open, opened } = gate();
    onCall = (call) => (call.metadata?.deliveryCountArray ? opened : undefined);
    await send('batch', { body: { n: 0 } });
    await waitForCalls('batch', 1);
    await send('batch', ...[1, 2, 3].map((n) => ({ body: { n } })));
    expect(of('batch')).toHaveLength(1);
    open();
    await waitForCalls('batch', 2);
    expect(of('batch').map((call) => call.input)).toEqual([[{ n: 0 }], [{ n: 1 }, { n: 2 }, { n: 3 }]]);
    expect(of('batch')[1]?.metadata).toMatchObject({
      deliveryCountArray: [1, 1, 1],
      sequenceNumberArray: [{ high: 0, unsigned: false }, {}, {}],
    });
    await vi.waitFor(async () => expect(await left('batch')).toBe(0));
  });

  it('fails a batch before the handler for one body that is not JSON', async () => {
    await send('batch', { body: Buffer.from('no json') });
    await vi.waitFor(() =>
      expect(records.some(({ message }) => message.includes('cannot be given its messages'))).toBe(true),
    );
    await vi.waitFor(async () => expect(await left('batch', 'deadLetter')).toBe(1));
    expect(of('batch')).toEqual([]);
  });

  it('takes the sessions one after the other', async () => {
    await send('session-batch', { body: 1, sessionId: 'a' }, { body: 2, sessionId: 'a' }, { body: 3, sessionId: 'b' });
    await waitForCalls('sessionBatch', 2);
    expect(of('sessionBatch').map((call) => call.input)).toEqual([[1, 2], [3]]);
  });
});

describe('runs by hand', () => {
  const start = (name: string, body: string) =>
    fetch(`http://127.0.0.1:${host.port}/admin/functions/${name}`, {
      method: 'POST',
      body,
      headers: { 'x-functions-key': 'master-key' },
    });

  it('start a Service Bus function with the input as its message', async () => {
    expect((await start('plain', '{"input":"{\\"n\\":7}"}')).status).toBe(202);
    await waitForCalls('plain', 1);
    expect(of('plain')[0]).toMatchObject({ input: { n: 7 }, metadata: { deliveryCount: 1, n: 7 } });
  });

  it('start a timer, which retries by its own policy', async () => {
    onCall = async () => {
      throw new Error('refused');
    };
    expect((await start('tick', '{}')).status).toBe(202);
    await waitForCalls('tick', 2);
    expect(of('tick')[0]?.input).toMatchObject({ isPastDue: false, schedule: { adjustForDST: true } });
    expect(of('tick').map((call) => call.retryContext)).toMatchObject([
      { retryCount: 0 },
      { retryCount: 1, exception: { message: 'refused' } },
    ]);
  });

  it('need JSON', async () => {
    expect((await start('tick', '{"input":5}')).status).toBe(400);
    expect((await start('tick', 'x')).status).toBe(400);
    expect(of('tick')).toEqual([]);
  });
});

it('receives again after the bus went away, and says so once', async () => {
  const { port } = broker;
  await broker.close();
  await vi.waitFor(
    () => expect(records.filter(({ message }) => message.includes('cannot be reached'))).toHaveLength(1),
    {
      timeout: 5000,
    },
  );
  broker = await startBroker({ port, entities });
  await send('ordered', { body: Buffer.from('after'), sessionId: 'r' });
  await send('plain', { body: 'after' });
  await send('batch', { body: 'after' });
  await Promise.all(['ordered', 'plain', 'batch'].map((name) => waitForCalls(name, 1)));
  const messages = records.map(({ message }) => message);
  expect(messages.filter((message) => message.includes('cannot be reached'))).toHaveLength(1);
  expect(messages.filter((message) => message.includes('reachable again'))).toHaveLength(1);
});

it('settles the running invocations when it stops', async () => {
  const { open, opened } = gate();
  onCall = () => opened;
  await send('ordered', { body: Buffer.from('running'), sessionId: 'z' });
  await send('plain', { body: 'running' });
  await Promise.all([waitForCalls('ordered', 1), waitForCalls('plain', 1)]);
  const stopped = host.stop();
  open();
  await stopped;
  expect([await left('ordered'), await left('plain')]).toEqual([0, 0]);
});
