import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../../infra/local/stack/child.ts';
import { serviceBusPart } from '../../infra/local/stack/parts.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

const ROUTES = `
routes:
  - id: both
    when: { event: '*' }
    do:
      - step: lucs.createTask
        with: { service: 3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f, caller: =data.taskId }
      - step: crm.createActivity
        with: { kind: task, subject: =data.taskId }
`;

let test: TestStack;
let taskNumber = 0;

beforeAll(async () => {
  test = await startTestStack({ routes: ROUTES, settings: { BRIDGE_CALL_TIMEOUT_MS: '300' } });
});

afterAll(() => test?.stop());

beforeEach(() => {
  test.simulators.lucs.clear();
  test.simulators.crm.clear();
});

const payload = (taskId: string) => ({ taskId, event: 'Created', serviceUPN: 'helpdesk@contoso.example' });

/** Sends as a webhook's sender does that comes again after 503 or no answer. @returns the ids of the accepted tasks. */
async function sendMany(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const taskId = `chaos-${++taskNumber}`;
      for (;;) {
        const status = await test.post('nimbus/tasks', payload(taskId)).then(
          (response) => response.status,
          () => 0,
        );
        if (status === 202) return taskId;
        expect([0, 503]).toContain(status);
        await delay(100);
      }
    }),
  );
}

interface Arrivals {
  readonly missing: readonly string[];
  readonly doubled: readonly string[];
}

/** Waits until no task is missing at either vendor, and tells what came of it. */
async function arrivals(taskIds: readonly string[]): Promise<{ lucs: Arrivals; crm: Arrivals }> {
  const count = (arrived: readonly unknown[]): Arrivals => ({
    missing: taskIds.filter((id) => !arrived.includes(id)),
    doubled: taskIds.filter((id) => arrived.indexOf(id) !== arrived.lastIndexOf(id)),
  });
  const now = () => ({
    lucs: count(test.simulators.lucs.state().tasks.map((task) => task.request.caller)),
    crm: count(test.simulators.crm.state().tasks?.map((task) => task.subject) ?? []),
  });
  await eventually(
    () => (now().lucs.missing.length + now().crm.missing.length === 0 ? true : undefined),
    'every accepted event at both vendors',
    40_000,
  ).catch(() => undefined);
  return now();
}

const ONCE: Arrivals = { missing: [], doubled: [] };

describe('nothing accepted is lost, and nothing happens twice', () => {
  it('when the Service Bus is killed under load, twice', async () => {
    const sending = sendMany(60);
    await delay(150);
    test.stack.parts.serviceBus.kill('SIGKILL');
    await delay(2_000);
    test.stack.parts.serviceBus.kill('SIGKILL');

    expect(await arrivals(await sending)).toEqual({ lucs: ONCE, crm: ONCE });
  }, 60_000);

  it('when the function host is killed while it delivers', async () => {
    const sending = sendMany(40);
    await delay(250);
    test.stack.parts.host?.kill('SIGKILL');

    expect(await arrivals(await sending)).toEqual({ lucs: ONCE, crm: ONCE });
  }, 60_000);

  // Windows has no SIGSTOP.
  it.skipIf(process.platform === 'win32')(
    'when the table storage does not answer for a while',
    async () => {
      const sending = sendMany(40);
      await delay(100);
      // Stopped, not killed: Azurite forgets its last seconds when it is killed, and Azure's storage does not.
      test.stack.parts.azurite.kill('SIGSTOP');
      await delay(7_000);
      test.stack.parts.azurite.kill('SIGCONT');

      expect(await arrivals(await sending)).toEqual({ lucs: ONCE, crm: ONCE });
    },
    60_000,
  );
});

describe('a Service Bus that is down', () => {
  it('has senders told to come back, and the event arrives once', async () => {
    const { ports, parts } = test.stack;
    const taskId = `chaos-${++taskNumber}`;
    await parts.serviceBus.stop();

    const refused = await test.post('nimbus/tasks', payload(taskId));
    const health = await fetch(`${test.stack.bridgeUrl}/api/health`);

    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({ status: 503, title: 'Not taken' });
    expect(health.status).toBe(503);
    expect(await health.json()).toEqual({ healthy: false, parts: { bus: 'does not answer', table: 'answers' } });

    const broker = await startChild(serviceBusPart(ports.serviceBus, test.dataFolder, () => undefined).spec);
    try {
      expect((await test.post('nimbus/tasks', payload(taskId))).status).toBe(202);
      expect(await arrivals([taskId])).toEqual({ lucs: ONCE, crm: ONCE });
    } finally {
      broker.kill('SIGTERM');
      await broker.ended;
    }
  }, 60_000);
});
