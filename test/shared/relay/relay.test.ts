import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEnreachSimulator } from '../../../infra/local/simulators/enreach/simulator.ts';
import { simulatorSettings } from '../../../infra/local/stack/vendor-settings.ts';
import { loadConfig } from '../../../shared/config.ts';
import { cloudEventSchema } from '../../../shared/events/cloud-event.ts';
import { rteEvents } from '../../../shared/events/rte/schemas.ts';
import { type Relay, startRelay } from '../../../shared/relay/relay.ts';
import * as z from '../../../shared/zod.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { RecordingBus } from '../../helpers/recording-bus.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { eventually } from '../../helpers/stack.ts';

let hub: Awaited<ReturnType<typeof startEnreachSimulator>>;
let folder: string;
let bus: RecordingBus;
let log: RecordingLog;

beforeAll(async () => {
  hub = await startEnreachSimulator({ port: 0 });
});

afterAll(() => hub.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-'));
  bus = new RecordingBus();
  log = new RecordingLog();
});

const running: Relay[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((relay) => relay.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(settings: Readonly<Record<string, string>> = {}, table = new MemoryTable()): Promise<Relay> {
  const config = loadConfig({
    ServiceBus: 'not used',
    AzureWebJobsStorage: 'not used',
    RELAY_SPOOL_FOLDER: 'spool',
    ...simulatorSettings({ enreach: hub.baseUrl }),
    ...settings,
  });
  if (config.enreach === undefined) throw new Error('no settings of Enreach');
  const { enreach } = config;
  const runtime = { bus, log, fetch, clock: Date.now, random: Math.random, folder, table: () => table };
  const relay = await startRelay({ config, enreach, ...runtime });
  running.push(relay);
  await relay.firstUp;
  return relay;
}

const sentEvents = (type: string) =>
  bus.messagesOf('events').flatMap(({ body }) => {
    const json = body instanceof Uint8Array ? JSON.parse(Buffer.from(body).toString()) : body;
    const event = z.parse(cloudEventSchema, json);
    return event.type === `com.enreach.rte.${type}` ? [event] : [];
  });

describe('a relay', () => {
  it('puts what the hub tells on the topic, with an id of its own for each of two equal messages', async () => {
    const relay = await start();
    const [user] = hub.directory.users;
    if (user === undefined) throw new Error('no user');
    const data = { callId: '0a0b0c0d-0000-4000-8000-000000000001', callerNumber: '+441632960155' };
    hub.raise('UserCallInArrived', user.id, data);
    hub.raise('UserCallInArrived', user.id, data);
    const events = await eventually(() => {
      const found = sentEvents('usercallinarrived');
      return found.length === 2 ? found : undefined;
    }, 'both events');
    expect(events[0]).toMatchObject({
      source: `/enreach/user/${user.id}`,
      subject: data.callId,
      data: { callerNumber: '+441632960155', userId: user.id },
    });
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
    expect(relay.figures()).toMatchObject({ received: 2, sent: 2, unparsed: 0, identity: { state: 'synced' } });
  });

  it('hears every documented event with the settings for the simulator', async () => {
    const relay = await start();
    const { users, queues, callLists } = hub.directory;
    const entities = { user: users[0]?.id, queue: queues[0]?.id, callList: callLists[0] };
    for (const { name, entity } of rteEvents) hub.raise(name, entities[entity] ?? '');
    await eventually(() => relay.figures().sent === rteEvents.length || undefined, 'all events');
    const types = rteEvents.map(({ name }) => name.toLowerCase()).filter((name) => sentEvents(name).length !== 1);
    expect([types, relay.figures().unparsed, relay.figures().unknownEvents]).toEqual([[], 0, 0]);
  });

  it('tells a gap, and how queues are now, when it comes back', async () => {
    await start();
    hub.dropAll('end');
    const gap = await eventually(() => sentEvents('gap')[0], 'a gap');
    expect(gap.source).toBe('/enreach');
    expect(gap.data.subscriptions).toContainEqual({ entityId: hub.directory.queues[0]?.id, eventName: 'QueueStatus' });
    expect(Date.parse(String(gap.data.from))).toBeLessThanOrEqual(Date.parse(String(gap.data.to)));
    expect(log.text).toContain('alarm name=rte-gap');
    const snapshot = await eventually(() => sentEvents('queuesnapshot')[0], 'a snapshot');
    expect(snapshot).toMatchObject({
      subject: snapshot.data.queueId,
      data: { status: { QueueLength: expect.any(Number) } },
    });
  });

  it('tells of the time between its process and the one before, and of none at the very first start', async () => {
    const first = await start();
    const raisedMs = Date.now();
    hub.raise('UserAlert', hub.directory.users[0]?.id ?? '');
    await eventually(() => sentEvents('useralert')[0], 'an event');
    await first.close();
    const closedMs = Date.now();
    expect(sentEvents('gap')).toEqual([]);

    const second = await start();
    const gap = await eventually(() => sentEvents('gap')[0], 'a gap');
    const { fromMs = 0 } = second.figures().lastGap ?? {};
    expect(fromMs).toBeGreaterThanOrEqual(raisedMs);
    expect(fromMs).toBeLessThanOrEqual(closedMs);
    // What was on its way when the hub was heard last counts as missed.
    expect(Date.parse(String(gap.data.from))).toBe(fromMs - 1_000);
    expect(gap.data.subscriptions).toHaveLength(53);
    const snapshots = await eventually(() => {
      const found = sentEvents('queuesnapshot');
      return found.length === hub.directory.queues.length ? found : undefined;
    }, 'the queues as they are now');
    expect(snapshots.map(({ subject }) => subject)).toEqual(hub.directory.queues.map(({ id }) => id));
  });

  it('does not count as heard what is neither on the bus nor on disk', async () => {
    const relay = await start();
    let confirm = () => {};
    bus.before = () => new Promise<void>((resolve) => (confirm = resolve));
    const raise = () => hub.raise('UserAlert', hub.directory.users[0]?.id ?? '');
    raise();
    await eventually(() => relay.figures().received === 1 || undefined, 'the first event');
    const heldMs = Date.now();
    await eventually(() => Date.now() > heldMs + 20 || undefined, 'a later moment');
    raise();
    await eventually(() => relay.figures().received === 2 || undefined, 'the second event');

    const closed = relay.close();
    const noted = await eventually(
      () => readFile(join(folder, 'spool', 'last-alive'), 'utf8').catch(() => undefined),
      'the note',
    );
    bus.recover();
    confirm();
    await closed;
    expect(Date.parse(noted.trim())).toBeLessThanOrEqual(heldMs);
  });

  it('leaves that to the others where relays share the work, and tells it where none of them lived', async () => {
    const settings = { RELAY_MODE: 'pair' };
    const table = new MemoryTable();
    await start(settings, table);
    const second = await start(settings, table);
    await eventually(() => second.figures().identity.state === 'synced' || undefined, 'both are in step', 15_000);
    hub.raise('UserAlert', hub.directory.users[0]?.id ?? '');
    await eventually(() => sentEvents('useralert')[0], 'an event');
    expect(sentEvents('gap')).toEqual([]);

    await Promise.all(running.splice(0).map((relay) => relay.close()));
    const closedMs = Date.now();
    const next = await start(settings, table);
    const gap = await eventually(() => sentEvents('gap')[0], 'a gap');
    expect(next.figures().lastGap?.fromMs).toBeLessThanOrEqual(closedMs);
    expect(next.figures().lastGap?.fromMs).toBeGreaterThan(closedMs - 5_000);
    expect(gap.data.subscriptions).toHaveLength(53);
    const isEveryQueueRead = () => sentEvents('queuesnapshot').length === hub.directory.queues.length;
    await eventually(() => isEveryQueueRead() || undefined, 'the queues as they are now');
  });

  it('counts and keeps what it can not read', async () => {
    const relay = await start();
    hub.raiseMalformed(3);
    await eventually(() => sentEvents('unparsed').length === 3 || undefined, 'the malformed messages');
    expect(relay.figures().unparsed).toBe(3);
  });
});
