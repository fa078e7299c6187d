import { createServer, request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { enreachPassword, enreachSecretKey, enreachUsername } from '../../../infra/local/simulators/credentials.ts';
import {
  type Drop,
  type EnreachSimulator,
  type EnreachSimulatorOptions,
  startEnreachSimulator,
} from '../../../infra/local/simulators/enreach/simulator.ts';
import { createEnreachClient, type EnreachSecret } from '../../../shared/enreach/enreach-client.ts';
import { PermanentError } from '../../../shared/errors.ts';
import { documentedEventNames } from '../../../shared/relay/event-names.ts';
import { type HubLink, openHubLink } from '../../../shared/relay/hub-link.ts';
import type { HubLinkTiming, QueueSnapshot } from '../../../shared/relay/hub-link-options.ts';
import type { Gap } from '../../../shared/relay/subscription-keeper.ts';
import { parseSubscriptionRules } from '../../../shared/relay/subscription-rules.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const timing: Partial<HubLinkTiming> = {
  connectTimeoutMs: 1_000,
  callTimeoutMs: 1_000,
  reconnect: { baseMs: 10, capMs: 50 },
  closeTimeoutMs: 500,
};

const defaultRules = [
  { queuesOf: 'me', events: ['QueueStatus', 'QueueCallIncoming'] },
  { users: ['me'], events: ['userstatus'] },
];

interface Linked {
  readonly hub: EnreachSimulator;
  readonly link: HubLink;
  readonly messages: unknown[];
  readonly gaps: Gap[];
  readonly snapshots: QueueSnapshot[];
  readonly transitions: string[];
  readonly log: RecordingLog;
}

interface LinkedOptions {
  readonly simulator?: Partial<EnreachSimulatorOptions>;
  readonly prepare?: (hub: EnreachSimulator) => void;
  readonly timing?: Partial<HubLinkTiming>;
  readonly secret?: EnreachSecret;
  readonly rules?: unknown;
  /** Gives the address through which the simulator's address is reached. */
  readonly through?: (origin: string) => Promise<string>;
}

/** A link to a simulator of its own, over the network. */
async function linked(options: LinkedOptions = {}): Promise<Linked> {
  const hub = await startEnreachSimulator({ port: 0, ...options.simulator });
  closing.push(() => hub.close());
  options.prepare?.(hub);
  const discoveryUrl = (await options.through?.(hub.baseUrl)) ?? hub.baseUrl;
  const log = new RecordingLog();
  const messages: unknown[] = [];
  const gaps: Gap[] = [];
  const snapshots: QueueSnapshot[] = [];
  const transitions: string[] = [];
  const link = openHubLink({
    enreach: createEnreachClient({
      discoveryUrl,
      username: enreachUsername,
      secret: options.secret ?? { kind: 'secretKey', secretKey: enreachSecretKey },
      fetch,
      clock: Date.now,
      timeoutMs: 1_000,
    }),
    rules: parseSubscriptionRules(JSON.stringify(options.rules ?? defaultRules), 'rules'),
    eventNames: documentedEventNames,
    onMessage: (message) => void messages.push(message),
    onGap: (gap) => void gaps.push(gap),
    onSnapshot: (snapshot) => void snapshots.push(snapshot),
    onUp: () => void transitions.push('up'),
    onDown: (reason) => void transitions.push(reason),
    log,
    fetch,
    clock: Date.now,
    random: Math.random,
    timing: { ...timing, ...options.timing },
  });
  closing.push(() => link.close());
  return { hub, link, messages, gaps, snapshots, transitions, log };
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 4_000, interval: 5 });

function queueOf(hub: EnreachSimulator): string {
  const [queue] = hub.directory.queues;
  if (queue === undefined) throw new Error('no queues');
  return queue.id;
}

/** A message comes through. */
async function expectWorking({ hub, messages }: Linked): Promise<void> {
  const entityId = queueOf(hub);
  const before = messages.length;
  expect(hub.raise('QueueStatus', entityId).deliveredTo).toBe(1);
  await until(() => expect(messages.length).toBe(before + 1));
  expect(messages.at(-1)).toMatchObject({ subscription: { entityId, eventName: 'queuestatus' }, data: {} });
}

describe('a link to the hub', () => {
  it.each([
    ['secret key', { kind: 'secretKey', secretKey: enreachSecretKey }],
    ['password', { kind: 'password', password: enreachPassword }],
  ] satisfies [string, EnreachSecret][])('comes up by %s', async (_how, secret) => {
    const all = await linked({ secret });
    await all.link.firstUp;
    expect(all.link.status().subscriptions).toEqual({ active: 5, refused: [] });
    expect(await all.link.availableSubscriptions()).toHaveLength(41);
    expect(all.hub.state().tokensIssued).toBe(1);
    await expectWorking(all);
  });

  it('is not opened with wrong credentials, and nothing tells them', async () => {
    const { link, log } = await linked({ secret: { kind: 'secretKey', secretKey: 'SECRET-4711' } });
    await expect(link.firstUp).rejects.toThrow(PermanentError);
    expect(log.text).not.toContain('SECRET-4711');
  });

  it.each([['close'], ['closeForGood'], ['end'], ['reset']] satisfies [Drop][])(
    'comes back after "%s", with a new token and a gap',
    async (how) => {
      const all = await linked();
      await all.link.firstUp;
      all.hub.expireTokens();
      const droppedMs = Date.now();
      all.hub.dropAll(how);
      await until(() => expect(all.link.status().reconnects).toBe(1));
      await until(() => expect(all.snapshots).toHaveLength(2));
      await expectWorking(all);
      expect(all.gaps).toEqual([
        { fromMs: expect.any(Number), toMs: expect.any(Number), subscriptions: all.link.activeSubscriptions() },
      ]);
      expect(all.gaps[0]?.fromMs).toBeLessThanOrEqual(droppedMs + 50);
      expect(all.snapshots[0]?.status).toHaveProperty('QueueLength');
      expect(all.log.text).not.toMatch(/eyJ|id=|Basic|Bearer/);
    },
  );

  it('comes back after a restart, however long that takes', async () => {
    const all = await linked();
    await all.link.firstUp;
    await all.hub.goDown();
    await until(() => expect(all.log.text).toContain('attempt=3'));
    await all.hub.comeUp();
    await until(() => expect(all.link.status().connectedSinceMs).toBeDefined());
    await expectWorking(all);
  });

  it('notices that the hub has fallen silent', async () => {
    const serverTimeoutMs = 300;
    const all = await linked({ timing: { serverTimeoutMs }, simulator: { behaviour: { pingIntervalMs: 50 } } });
    await all.link.firstUp;
    all.hub.fallSilent();
    const silentMs = Date.now();
    await until(() => expect(all.gaps).not.toEqual([]));
    expect(all.transitions.slice(0, 3)).toEqual(['up', expect.stringContaining('Server timeout'), 'up']);
    const [gap] = all.gaps;
    expect(gap?.fromMs).toBeLessThan(silentMs + serverTimeoutMs / 2);
    expect((gap?.toMs ?? 0) - (gap?.fromMs ?? 0)).toBeGreaterThanOrEqual(serverTimeoutMs - 5);
    await expectWorking(all);
  });

  it('takes pings for signs of life', async () => {
    const { link, messages } = await linked({ simulator: { behaviour: { pingIntervalMs: 20 } } });
    await link.firstUp;
    const startMs = Date.now();
    await until(() => expect(link.status().lastAliveMs).toBeGreaterThan(startMs + 40));
    expect(messages).toEqual([]);
  });

  it.each([401, 503])('takes %i for an answer that will be another one next time', async (status) => {
    const { link, hub, log } = await linked({
      prepare: (simulator) => simulator.answerNext({ match: { path: '/rte/negotiate' }, status }),
    });
    await link.firstUp;
    expect(log.text).toContain(`warn RTE hub not connected attempt=1 reason="The RTE hub answered ${status}"`);
    expect(hub.state().tokensIssued).toBe(2);
  });

  it('waits as long as the hub asks for', async () => {
    const { link, hub } = await linked({
      prepare: (simulator) =>
        simulator.answerNext({ match: { path: '/rte/negotiate' }, status: 429, headers: { 'retry-after': '1' } }),
    });
    const startMs = Date.now();
    await link.firstUp;
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(1_000);
    expect(hub.state().tokensIssued).toBe(2);
  });

  it('keeps what is no record of the protocol, and goes on', async () => {
    const all = await linked();
    await all.link.firstUp;
    all.hub.sendToAll('{"type":1,"target":"MessageReceived","arguments":[{]}\x1e{"type":99}\x1e');
    await expectWorking({ ...all, messages: await firstOf(all.messages) });
    expect([all.messages[0], all.transitions]).toEqual([
      '{"type":1,"target":"MessageReceived","arguments":[{]}',
      ['up'],
    ]);
  });

  it('works with a hub that answers by messages', async () => {
    const all = await linked({ simulator: { behaviour: { results: 'messages' } } });
    await all.link.firstUp;
    expect(all.link.status().subscriptions.active).toBe(5);
    await expectWorking(all);
  });

  it('carries 10,000 subscriptions', async () => {
    const { link, hub } = await linked({
      simulator: { size: { queues: 834 } },
      rules: [{ queuesOf: 'me', events: '*' }],
    });
    await link.firstUp;
    expect(link.status().subscriptions).toEqual({ active: 10_008, refused: [] });
    expect(hub.state().connections).toHaveLength(1);
  });

  it('loses nothing that the hub sent before it went down', async () => {
    const { link, hub, messages } = await linked();
    await link.firstUp;
    for (let round = 1; round <= 3; round += 1) {
      const flood = hub.flood({ count: 2_000, events: ['QueueCallInComing'] });
      await until(() => expect(messages.length).toBeGreaterThan(0));
      await flood;
      hub.dropAll('end');
      await until(() => expect(link.status().reconnects).toBe(round));
    }
    const sent = hub.raised().reduce((sum, { deliveredTo }) => sum + deliveredTo, 0);
    await until(() => expect(messages.length).toBe(sent));
    expect(sent).toBe(6_000);
  });

  it('says goodbye', async () => {
    const { link, hub, transitions } = await linked();
    await link.firstUp;
    await link.close();
    await until(() => expect(hub.state().connections).toEqual([]));
    expect(transitions).toEqual(['up']);
  });
});

describe('without WebSockets a link', () => {
  it.each([
    ['server-sent events', { transports: ['WebSockets', 'ServerSentEvents'], refuseWebSockets: true }],
    ['long polling', { transports: ['LongPolling'] }],
  ] satisfies [string, EnreachSimulatorOptions['behaviour']][])('works by %s', async (_name, behaviour) => {
    const all = await linked({ simulator: { behaviour } });
    await all.link.firstUp;
    await expectWorking(all);
    all.hub.expireTokens();
    await expectWorking(all);
    await expectWorking(all);
    all.hub.dropAll('close');
    await until(() => expect(all.link.status().reconnects).toBe(1));
    await expectWorking(all);
  });
});

it('a link gets past a proxy that never answers the request for a WebSocket', async () => {
  const all = await linked({ timing: { connectTimeoutMs: 100 }, through: startDeafProxy });
  await all.link.firstUp;
  await expectWorking(all);
});

/** Passes requests on, but not those for a WebSocket. */
async function startDeafProxy(target: string): Promise<string> {
  const upgrades = new Set<Duplex>();
  const proxy = createServer((request, response) => {
    const passed = httpRequest(new URL(request.url ?? '/', target), {
      method: request.method,
      headers: request.headers,
    });
    passed.on('error', () => response.destroy());
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  proxy.on('upgrade', (_request, socket) => void upgrades.add(socket));
  closing.push(async () => {
    for (const socket of upgrades) socket.destroy();
    proxy.closeAllConnections();
    proxy.close();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** The list once there is something in it. */
async function firstOf(messages: unknown[]): Promise<unknown[]> {
  await until(() => expect(messages).not.toEqual([]));
  return messages;
}
