import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { differenceAtLast, loadHub, NO_DIFFERENCE } from '../helpers/hub-load.ts';
import { type RunningBundle, runRelayBundle } from '../helpers/relay-bundle.ts';
import { type RelayStack, readFigures, startRelayStack } from '../helpers/relay-stack.ts';
import { eventually } from '../helpers/stack.ts';

const isWindows = process.platform === 'win32';

let test: RelayStack;

beforeAll(async () => {
  test = await startRelayStack();
});

afterAll(() => test?.stop());

/** Runs the bundle until the test is over. */
function run(settings: NodeJS.ProcessEnv = {}): RunningBundle {
  const relay = runRelayBundle({ ...process.env, ...test.settings, ...settings });
  onTestFinished(async () => {
    relay.kill('SIGKILL');
    await relay.exitCode;
  });
  return relay;
}

async function untilReady(relay: RunningBundle) {
  const statusUrl = await relay.statusUrl;
  return eventually(async () => {
    const figures = await readFigures(statusUrl);
    return figures?.ready ? figures : undefined;
  }, 'the relay is ready');
}

describe('the relay', () => {
  // Windows has neither SIGTERM nor SIGSTOP: it ends a process at once.
  it.skipIf(isWindows)('unsubscribes, sends what it has and ends with 0 when it is told to stop', async () => {
    const relay = run();
    await untilReady(relay);
    const load = loadHub(test.hub, 500);
    await delay(200);

    // So that there is something left to send at the end.
    test.bus.freeze();
    await delay(50);
    const toldAtMs = Date.now();
    relay.kill('SIGTERM');
    await eventually(() => (test.hub.state().connections.length === 0 ? true : undefined), 'the relay says goodbye');
    test.bus.goOn();

    expect(await relay.exitCode).toBe(0);
    expect(Date.now() - toldAtMs).toBeLessThan(10_000);
    await load.stop();
    expect(test.hub.state().connections).toEqual([]);
    expect(load.raised.at(-1)?.deliveredTo).toBe(0);
    expect(await differenceAtLast(load.raised, test.arrived, 10_000)).toEqual(NO_DIFFERENCE);
    // What it had is sent, not left for the next start.
    const next = run();
    await untilReady(next);
    expect(next.output()).not.toContain('earlier process');
  });

  it('ends with 1 and says which settings are wrong when its credentials are refused', async () => {
    const relay = run({ ENREACH_SECRET_KEY: 'not-the-key-4711' });

    expect(await relay.exitCode).toBe(1);
    expect(relay.output()).toContain('check ENREACH_USERNAME and ENREACH_SECRET_KEY');
    expect(relay.output()).not.toMatch(/4711|contoso|Basic| {4}at /);
  });

  it('ends with 1 and lists what is wrong with its settings', async () => {
    const relay = run({ RTE_SUBSCRIPTIONS: '[{"users": ["nobody"], "events": "*"}]', ENREACH_SECRET_KEY: 'key-4711' });

    expect(await relay.exitCode).toBe(1);
    expect(relay.output()).toMatch(/RTE_SUBSCRIPTIONS:1: 0\.users\.0: expected "me" or a GUID/);
    expect(relay.output()).not.toMatch(/4711| {4}at /);
  });

  // Windows has no SIGHUP that one process sends to another.
  it.skipIf(isWindows)('takes changed subscriptions when it is told to read them again', async () => {
    const { hub } = test;
    const [queue] = hub.directory.queues;
    const file = join(test.folder, 'subscriptions.yaml');
    const write = (...events: string[]) =>
      writeFile(file, `- { entity: ${queue?.id}, events: [${events.join(', ')}] }`);
    await write('QueueStatus', 'QueueCallInArrived');
    const relay = run({ RTE_SUBSCRIPTIONS: file });
    await untilReady(relay);
    const hears = (event: string) => hub.raise(event, queue?.id ?? '').deliveredTo === 1;
    const heard = () => ['QueueStatus', 'QueueCallInArrived', 'QueueCallInComing'].filter(hears);
    expect(heard()).toEqual(['QueueStatus', 'QueueCallInArrived']);
    const [connection] = hub.state().connections;

    await write('QueueStatus', 'QueueCallInComing');
    relay.kill('SIGHUP');
    await eventually(() => (hears('QueueCallInComing') ? true : undefined), 'the new event is subscribed');
    await eventually(() => (hears('QueueCallInArrived') ? undefined : true), 'the old event is unsubscribed');
    expect(heard()).toEqual(['QueueStatus', 'QueueCallInComing']);
    expect(hub.state().connections.map(({ connectionId }) => connectionId)).toEqual([connection?.connectionId]);

    await writeFile(file, '- { entity: 4711, events: [QueueStatus] }');
    relay.kill('SIGHUP');
    await eventually(
      () => (relay.output().includes('subscriptions.yaml:1: 0.entity') ? true : undefined),
      'the problem',
    );
    expect(heard()).toEqual(['QueueStatus', 'QueueCallInComing']);
  });

  it('reports what the hub refuses with its reason, and keeps the others', async () => {
    const { hub } = test;
    const entityId = hub.directory.users[0]?.id ?? '';
    hub.refuse(entityId, 'UserStatus', 'License missing');
    onTestFinished(() => hub.allow(entityId, 'UserStatus'));

    const { subscriptions } = await untilReady(run());

    expect(subscriptions.refused).toEqual([{ entityId, eventName: 'UserStatus', reason: 'License missing' }]);
    expect(subscriptions.active).toBe(hub.state().connections[0]?.subscriptions);
    expect(hub.raise('UserAvailability', entityId).deliveredTo).toBe(1);
    expect(hub.raise('UserStatus', entityId).deliveredTo).toBe(0);
  });

  it('asks again for what the hub refused', async () => {
    const { hub } = test;
    const entityId = hub.directory.users[0]?.id ?? '';
    hub.refuse(entityId, 'UserStatus', 'License missing');
    const relay = await test.startRelayHere({ retryRefused: { baseMs: 50, capMs: 50 } });
    await relay.firstUp;
    expect(relay.figures().subscriptions.refused).toHaveLength(1);

    hub.allow(entityId, 'UserStatus');

    await eventually(
      () => (hub.raise('UserStatus', entityId).deliveredTo === 1 ? true : undefined),
      'it is subscribed',
    );
    await eventually(() => (relay.figures().subscriptions.refused.length === 0 ? true : undefined), 'none is refused');
    await relay.close();
  });

  it('tells its figures in the Prometheus text format', async () => {
    const relay = run();
    await untilReady(relay);
    test.hub.playStory('queueCallAnswered');
    test.hub.raiseMalformed(3);
    const statusUrl = await relay.statusUrl;
    const figures = await eventually(async () => {
      const present = await readFigures(statusUrl);
      // The gap since the process before this one is an event, but no message.
      return present?.unparsed === 3 && present.sent > present.received && present.buffered === 0 ? present : undefined;
    }, 'everything is sent');

    const response = await fetch(`${statusUrl}/metrics`);

    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const metrics = parsePrometheus(await response.text());
    expect(metrics).toMatchObject({
      relay_hub_connected: 1,
      relay_messages_received_total: figures.received,
      relay_events_sent_total: figures.sent,
      relay_messages_unparsed_total: 3,
      relay_subscriptions_active: figures.subscriptions.active,
      relay_bus_reachable: 1,
    });
    expect(metrics.process_resident_memory_bytes).toBeGreaterThan(0);
  });
});

/**
 * Values by name of those without labels. Fails on a line that the text format does not have, and on a value without a
 * type before it (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
function parsePrometheus(text: string): Record<string, number> {
  expect(text.endsWith('\n')).toBe(true);
  const values: Record<string, number> = {};
  const types = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '' || /^# HELP [a-z_]\w* \S/.test(line)) continue;
    const type = /^# TYPE ([a-z_]\w*) (counter|gauge|histogram|summary)$/.exec(line);
    if (type !== null) {
      expect(types).not.toContain(type[1]);
      types.add(type[1] ?? '');
      continue;
    }
    const [, name = '', labels, value] = /^([a-z_]\w*)(\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? (\S+)$/.exec(line) ?? [];
    expect(Number(value), line).not.toBeNaN();
    expect(types.has(name) || types.has(name.replace(/_(bucket|sum|count)$/, '')), line).toBe(true);
    if (labels === undefined) values[name] = Number(value);
  }
  return values;
}
