import { HttpTransportType, HubConnectionState } from '@microsoft/signalr';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedDirectory } from '../../infra/local/simulators/enreach/directory.ts';
import { documentedEventNames } from '../../infra/local/simulators/enreach/event-catalogue.ts';
import { createEnreachClient } from '../../shared/enreach/enreach-client.ts';
import { type HubLink, openHubLink } from '../../shared/relay/hub-link.ts';
import type { Gap } from '../../shared/relay/subscription-keeper.ts';
import { RecordingLog } from '../helpers/recording-log.ts';
import { buildInteropHub, hasDotnetSdk } from './build-interop-hub.ts';
import { createHubClient, fetchToken, type HubClientOptions } from './hub-client.ts';
import { type InteropHub, type InteropHubSettings, startInteropHub } from './interop-hub.ts';

const canRun = await hasDotnetSdk();
if (!canRun) console.log('Skipped: relay-hub.test.ts runs against a real ASP.NET Core hub and needs the .NET 10 SDK.');

const directory = seedDirectory();
const [user] = directory.users;
const [queue] = directory.queues;
if (user === undefined || queue === undefined) throw new Error('The seeded tenant has a user and a queue.');

const waiting = { timeout: 10_000, interval: 10 };

beforeAll(async () => {
  if (canRun) await buildInteropHub();
}, 240_000);

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function startHub(settings: Partial<InteropHubSettings> = {}): Promise<InteropHub> {
  const hub = await startInteropHub({ ...directory, eventNames: documentedEventNames, ...settings });
  ended.push(() => hub.close());
  return hub;
}

const accountAt = (hub: InteropHub) => ({ ...user, baseUrl: hub.baseUrl, userId: user.id });

/** A client of Microsoft's, subscribed to the user's status. */
async function connectClient(hub: InteropHub, options: Partial<HubClientOptions> = {}) {
  const received: unknown[] = [];
  const client = createHubClient({
    hubUrl: hub.hubUrl,
    accessTokenFactory: () => fetchToken(accountAt(hub)),
    onMessage: (message) => void received.push(message),
    ...options,
  });
  ended.push(() => client.stop());
  await client.start();
  const subscribe = () => client.invoke('Subscribe', [{ EntityId: user?.id, EventName: 'UserStatus' }]);
  const results: unknown = await subscribe();
  return { client, received, results, subscribe };
}

const subscribed = { subscribed: true, message: null, entityId: user.id, eventName: 'userstatus' };
const messageOf = (data: object) => ({ subscription: { entityId: user.id, eventName: 'userstatus' }, data });

describe.skipIf(!canRun)('Microsoft’s client and a real hub', () => {
  it.each([HttpTransportType.WebSockets, HttpTransportType.LongPolling])(
    'speak over transport %i',
    async (transport) => {
      const hub = await startHub();
      const { client, received, results } = await connectClient(hub, { transport });
      expect(results).toEqual([subscribed]);
      expect(await client.invoke('AvailableSubscriptions')).toEqual(documentedEventNames);
      expect(await hub.raise('UserStatus', user.id, { n: 1 })).toBe(1);
      await expect.poll(() => received, waiting).toEqual([messageOf({ n: 1 })]);
      expect(await client.invoke('UnsubscribeAll')).toBe(true);
      expect(await hub.raise('UserStatus', user.id, { n: 2 })).toBe(0);
    },
  );

  it('fall back to long polling where WebSockets do not get through', async () => {
    const hub = await startHub({ refuseWebSockets: true, transports: ['WebSockets', 'LongPolling'] });
    const { received } = await connectClient(hub);
    await hub.raise('UserStatus', user.id, { n: 1 });
    await expect.poll(() => received, waiting).toEqual([messageOf({ n: 1 })]);
  });

  it('refuse an expired token with 401', async () => {
    const hub = await startHub({ tokenLifetimeSeconds: -1 });
    await expect(connectClient(hub)).rejects.toThrow(/401/);
  });

  it('lose the subscriptions when the server restarts and the client reconnects', async () => {
    const hub = await startHub();
    const { client, received, subscribe } = await connectClient(hub, {
      reconnect: { nextRetryDelayInMilliseconds: () => 20 },
    });
    await hub.kill();
    await expect.poll(() => client.state, waiting).toBe(HubConnectionState.Reconnecting);
    const again = await startHub({ port: hub.port });
    await expect.poll(() => client.state, waiting).toBe(HubConnectionState.Connected);
    expect(await again.raise('UserStatus', user.id, {})).toBe(0);
    expect(await subscribe()).toEqual([subscribed]);
    await again.raise('UserStatus', user.id, { n: 3 });
    await expect.poll(() => received, waiting).toEqual([messageOf({ n: 3 })]);
  });
});

/** The relay's link, which subscribes to the account's status and to all queues of the account. */
function openLink(hub: InteropHub) {
  const received: unknown[] = [];
  const gaps: Gap[] = [];
  const log = new RecordingLog();
  const link = openHubLink({
    enreach: createEnreachClient({
      discoveryUrl: hub.baseUrl,
      username: user?.username ?? '',
      secret: { kind: 'secretKey', secretKey: user?.secretKey ?? '' },
      fetch,
      clock: Date.now,
      timeoutMs: 5_000,
    }),
    rules: [
      { users: ['me'], events: ['UserStatus'] },
      { queuesOf: 'me', events: ['QueueStatus'] },
    ],
    eventNames: { user: ['UserStatus'], queue: ['QueueStatus'], callList: [] },
    onMessage: (message) => void received.push(message),
    onGap: (gap) => void gaps.push(gap),
    onSnapshot: () => undefined,
    onUp: () => undefined,
    onDown: () => undefined,
    log,
    fetch,
    clock: Date.now,
    random: Math.random,
    timing: { reconnect: { baseMs: 20, capMs: 100 }, connectTimeoutMs: 3_000, callTimeoutMs: 3_000 },
  });
  ended.push(() => link.close());
  return { link, received, gaps, log };
}

const allSubscriptions = 1 + directory.queues.length;

async function expectUp(link: HubLink, reconnects: number): Promise<void> {
  const state = () => {
    const status = link.status();
    return { isUp: status.connectedSinceMs !== undefined, reconnects: status.reconnects };
  };
  await expect.poll(state, waiting).toEqual({ isUp: true, reconnects });
  expect(link.status().subscriptions).toEqual({ active: allSubscriptions, refused: [] });
}

describe.skipIf(!canRun)('the relay’s link and a real hub', () => {
  it.each<[string, Partial<InteropHubSettings>]>([
    ['WebSockets', {}],
    ['long polling, where it is all that is offered', { transports: ['LongPolling'] }],
    ['what is left when WebSockets do not get through', { refuseWebSockets: true }],
  ])('speak over %s', async (_name, settings) => {
    const hub = await startHub(settings);
    const { link, received } = openLink(hub);
    await link.firstUp;
    await expectUp(link, 0);
    expect(await link.availableSubscriptions()).toEqual(documentedEventNames);
    expect(await hub.raise('UserStatus', user.id, { n: 1 })).toBe(1);
    await expect.poll(() => received, waiting).toEqual([messageOf({ n: 1 })]);
    await link.close();
    await expect.poll(() => hub.state(), waiting).toEqual({ connections: 0, subscriptions: 0 });
  });

  it('come together again when the server has crashed, with all subscriptions and a gap', async () => {
    const hub = await startHub();
    const { link, received, gaps } = openLink(hub);
    await link.firstUp;
    await hub.kill();
    const again = await startHub({ port: hub.port });
    await expectUp(link, 1);
    await again.raise('UserStatus', user.id, { n: 2 });
    await expect.poll(() => received, waiting).toEqual([messageOf({ n: 2 })]);
    expect(gaps.flatMap(({ subscriptions }) => subscriptions)).toHaveLength(allSubscriptions);
  });

  it('come together again when the hub closes the connection and does not allow to reconnect', async () => {
    const hub = await startHub();
    const { link } = openLink(hub);
    await link.firstUp;
    expect(await hub.dropAll()).toBe(1);
    await expectUp(link, 1);
  });

  it('come together again with a new token when the old one has expired', async () => {
    const hub = await startHub();
    const { link } = openLink(hub);
    await link.firstUp;
    await hub.expireTokens();
    await hub.dropAll();
    await expectUp(link, 1);
  });

  it('try on while tokens are refused with 401', async () => {
    const hub = await startHub();
    const { link, log } = openLink(hub);
    await link.firstUp;
    await hub.setTokenLifetime(-1);
    await hub.dropAll();
    await expect.poll(() => log.text.split('RTE hub not connected').length, waiting).toBeGreaterThan(2);
    await hub.setTokenLifetime(60);
    await expectUp(link, 1);
  });
});
