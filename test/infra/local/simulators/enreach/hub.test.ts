import { HttpTransportType, HubConnectionState } from '@microsoft/signalr';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { documentedEventNames } from '../../../../../infra/local/simulators/enreach/event-catalogue.ts';
import { handshake, invocation, openRawHubClient, record } from '../../../../interop/raw-hub-client.ts';
import { call } from '../call.ts';
import { type HubUnderTest, messagesOf, startHubUnderTest, waiting } from './hub-under-test.ts';

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterEach(() => hub.reset());
afterAll(() => hub.close());

describe('Microsoft’s client', () => {
  it.each([HttpTransportType.WebSockets, HttpTransportType.LongPolling])(
    'speaks with it over transport %i, and the connection outlives its token',
    async (transport) => {
      const received: unknown[] = [];
      const client = hub.client({ transport, onMessage: (message) => void received.push(message) });
      await client.start();
      const items = [{ EntityId: hub.me, EventName: 'UserStatus' }];
      const expected = { message: null, entityId: hub.me, eventName: 'userstatus' };
      expect(await client.invoke('Subscribe', items)).toEqual([{ ...expected, subscribed: true }]);
      expect(await client.invoke('AvailableSubscriptions')).toEqual(documentedEventNames);
      expect(hub.enreach.raise('UserStatus', hub.me).deliveredTo).toBe(1);
      await expect.poll(() => received, waiting).toMatchObject([{ data: { userId: hub.me } }]);
      expect(await client.invoke('Unsubscribe', items)).toEqual([{ ...expected, subscribed: false }]);
      expect(await client.invoke('UnsubscribeAll')).toBe(true);
      if (transport === HttpTransportType.WebSockets) hub.enreach.expireTokens();
      expect(await client.invoke('UnsubscribeAll', [])).toBe(true);
      await client.stop();
      await expect.poll(() => hub.enreach.state().connections, waiting).toEqual([]);
    },
  );

  it('falls back where WebSockets do not get through', async () => {
    hub.enreach.behave({ refuseWebSockets: true, transports: ['WebSockets', 'LongPolling'] });
    const client = hub.client();
    await client.start();
    expect(hub.enreach.state()).toMatchObject({
      webSocketRequests: [400],
      connections: [{ transport: 'LongPolling', subscriptions: 0 }],
    });
    await client.stop();
  });

  it('is told 401 for a token that has expired', async () => {
    hub.enreach.behave({ tokenLifetimeMs: -1_000 });
    await expect(hub.client().start()).rejects.toThrow(/401/);
  });

  it('is told why its handshake is refused', async () => {
    hub.enreach.behave({ handshakeError: 'Not today.' });
    await expect(hub.client().start()).rejects.toThrow(/Not today\./);
  });

  it.each<['close' | 'closeForGood', HubConnectionState]>([
    ['close', HubConnectionState.Connected],
    ['closeForGood', HubConnectionState.Disconnected],
  ])('after “%s” is %s', async (how, state) => {
    const client = hub.client({ reconnect: { nextRetryDelayInMilliseconds: () => 5 } });
    await client.start();
    const first = client.connectionId;
    expect(hub.enreach.dropAll(how)).toBe(1);
    await expect.poll(() => client.connectionId !== first && client.state === state, waiting).toBe(true);
  });
});

describe('subscriptions', () => {
  it('count for one connection and go with it', async () => {
    const [first, second] = [
      await hub.rawClient([hub.me, 'UserStatus']),
      await hub.rawClient([hub.queue, 'QueueStatus']),
    ];
    expect(hub.enreach.raise('UserStatus', hub.me).deliveredTo).toBe(1);
    await expect.poll(() => messagesOf(first).length, waiting).toBe(1);
    await first.close();
    await expect.poll(() => hub.enreach.state().connections, waiting).toMatchObject([{ subscriptions: 1, sent: 0 }]);
    expect(hub.enreach.raise('UserStatus', hub.me).deliveredTo).toBe(0);
    expect(second.records).toEqual([]);
  });

  it('end with Unsubscribe and UnsubscribeAll', async () => {
    const client = await hub.rawClient([hub.me, 'UserStatus'], [hub.me, 'UserAlert'], [hub.me, 'UserQueueAlert']);
    const raise = () =>
      ['UserStatus', 'UserAlert', 'UserQueueAlert'].map((name) => hub.enreach.raise(name, hub.me).deliveredTo);
    expect(raise()).toEqual([1, 1, 1]);
    client.send(invocation('Unsubscribe', [[{ EntityId: hub.me.toUpperCase(), EventName: 'useralert' }]]));
    await expect.poll(raise, waiting).toEqual([1, 0, 1]);
    client.send(invocation('UnsubscribeAll', []));
    await expect.poll(raise, waiting).toEqual([0, 0, 0]);
  });

  it('are refused item by item, until allowed again', async () => {
    const client = await hub.rawClient();
    hub.enreach.refuse(hub.me.toUpperCase(), 'userstatus', 'Not yours');
    const items = ['UserStatus', 'UserAlert'].map((EventName) => ({ EntityId: hub.me, EventName }));
    client.send(invocation('Subscribe', [items]));
    await expect
      .poll(() => client.records, waiting)
      .toMatchObject([{ result: [{ subscribed: false, message: 'Not yours' }, { subscribed: true }] }]);
    expect(hub.enreach.raise('UserStatus', hub.me).deliveredTo).toBe(0);
    hub.enreach.allow(hub.me, 'UserStatus');
    client.send(invocation('Subscribe', [items]));
    await expect.poll(() => client.records[1], waiting).toMatchObject({ result: [{ subscribed: true }, {}] });
  });

  it('are listed by GetActiveSubscriptions only where that exists', async () => {
    const client = await hub.rawClient([hub.me, 'UserStatus']);
    client.send(invocation('GetActiveSubscriptions', []));
    await expect
      .poll(() => client.records, waiting)
      .toMatchObject([{ error: expect.stringContaining('Method does not exist') }]);
    hub.enreach.behave({ activeSubscriptions: true });
    client.send(invocation('GetActiveSubscriptions', []));
    await expect
      .poll(() => client.records[1], waiting)
      .toMatchObject({ result: [{ subscribed: true, message: null, entityId: hub.me, eventName: 'userstatus' }] });
  });

  it('are answered by messages in the older style', async () => {
    const client = await hub.rawClient();
    hub.enreach.behave({ results: 'messages' });
    const items = [{ EntityId: hub.me, EventName: 'UserStatus' }];
    client.send(invocation('Subscribe', [items], '1') + invocation('AvailableSubscriptions', [], '2'));
    client.send(invocation('Unsubscribe', [items], '3') + invocation('UnsubscribeAll', [], '4'));
    await expect.poll(() => client.records.length, waiting).toBe(8);
    expect(client.records).toMatchObject([
      { type: 1, target: 'SubscribeDetails', arguments: [[{ subscribed: true }]] },
      { type: 3, invocationId: '1', result: null },
      { type: 1, target: 'AvailableSubscriptions', arguments: [documentedEventNames] },
      { type: 3, invocationId: '2', result: null },
      { type: 1, target: 'UnsubscribeDetails', arguments: [[{ subscribed: false }]] },
      { type: 3, invocationId: '3', result: null },
      { type: 1, target: 'UnsubscribeAllDetails', arguments: [true] },
      { type: 3, invocationId: '4', result: null },
    ]);
  });
});

describe('hub calls', () => {
  it('take an argument that nobody needs, or refuse it where they are exact', async () => {
    const client = await hub.rawClient();
    client.send(invocation('UnsubscribeAll', [[]]));
    hub.enreach.behave({ arguments: 'lenient' });
    await expect.poll(() => client.records, waiting).toMatchObject([{ result: true }]);
    hub.enreach.behave({ arguments: 'exact' });
    client.send(invocation('UnsubscribeAll', [[]]));
    await expect.poll(() => client.records[1], waiting).toMatchObject({ error: expect.any(String) });
  });

  it('go wrong as planned: an error once, then a delay that keeps the order', async () => {
    const client = await hub.rawClient();
    hub.enreach.failHubCall({ method: 'subscribe', error: 'Broken.' });
    hub.enreach.failHubCall({ method: 'Subscribe', delayMs: 60 });
    const sentMs = performance.now();
    for (const id of ['1', '2']) client.send(invocation('Subscribe', [[]], id));
    client.send(invocation('UnsubscribeAll', [], '3'));
    await expect.poll(() => client.records.length, waiting).toBe(3);
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(59);
    expect(client.records).toMatchObject([
      { invocationId: '1', error: 'Broken.' },
      { invocationId: '2', result: [] },
      { invocationId: '3', result: true },
    ]);
  });

  it('hang as planned, for one connection', async () => {
    const [stuck, other] = [await hub.rawClient(), await hub.rawClient()];
    hub.enreach.failHubCall({ hang: true });
    stuck.send(invocation('UnsubscribeAll', [], '1') + invocation('UnsubscribeAll', [], '2'));
    await expect.poll(() => hub.enreach.state().connections.length, waiting).toBe(2);
    stuck.send(record({ type: 6 }));
    other.send(invocation('UnsubscribeAll', []) + invocation('UnsubscribeAll', [], '2'));
    await expect.poll(() => other.records.length, waiting).toBe(2);
    expect(stuck.records).toEqual([]);
  });
});

describe('silence', () => {
  it('is filled with pings', async () => {
    const client = await hub.rawClient();
    hub.enreach.behave({ pingIntervalMs: 60 });
    await expect.poll(() => client.records, waiting).toEqual([{ type: 6 }, { type: 6 }]);
  });

  it('of a client ends its connection', async () => {
    const client = await hub.rawClient();
    hub.enreach.behave({ clientTimeoutMs: 60 });
    await expect.poll(() => client.closeCode(), waiting).toBe(1006);
  });

  it('of the hub leaves the connection up, and nobody hears of what is raised', async () => {
    hub.enreach.behave({ pingIntervalMs: 50 });
    const silent = await hub.rawClient([hub.me, 'UserStatus']);
    silent.records.splice(0);
    hub.enreach.fallSilent();
    const other = await hub.rawClient([hub.me, 'UserStatus']);
    silent.send(invocation('UnsubscribeAll', []));
    silent.ping();
    other.ping();
    await expect.poll(() => other.pongs(), waiting).toBe(1);
    expect(silent.pongs()).toBe(0);
    expect(hub.enreach.raise('UserStatus', hub.me).deliveredTo).toBe(1);
    await expect.poll(() => messagesOf(other).length, waiting).toBe(1);
    expect(hub.enreach.state().connections).toMatchObject([{ isSilent: true }, { isSilent: false }]);
    expect([silent.records.filter((it) => JSON.stringify(it) !== '{"type":6}'), silent.closeCode()]).toEqual([
      [],
      undefined,
    ]);
  });
});

describe('outages', () => {
  it.each(['reset', 'end'] as const)('sever connections (%s); what was sent before “end” arrives', async (how) => {
    const client = await hub.rawClient([hub.me, 'UserStatus']);
    for (let count = 0; count < 200; count += 1) hub.enreach.raise('UserStatus', hub.me);
    expect(hub.enreach.dropAll(how)).toBe(1);
    await expect.poll(() => client.closeCode(), waiting).toBe(1006);
    if (how === 'end') expect(messagesOf(client)).toHaveLength(200);
    expect(hub.enreach.raise('UserStatus', hub.me).deliveredTo).toBe(0);
  });

  it('take the whole server down, and it comes back on the same port', async () => {
    const client = await hub.rawClient();
    const { port } = hub.enreach;
    hub.enreach.answerNext({ hang: true });
    const hanging = call('GET', `${hub.enreach.baseUrl}/users/me`);
    hanging.catch(() => undefined);
    await expect.poll(() => hub.enreach.requests().at(-1)?.path, waiting).toBe('/users/me');
    await hub.enreach.goDown();
    await hub.enreach.goDown();
    await expect.poll(() => client.closeCode(), waiting).toBe(1006);
    await expect(hanging).rejects.toThrow();
    await expect(call('GET', `${hub.enreach.baseUrl}/users/me`)).rejects.toThrow();
    await expect(hub.rawClient()).rejects.toThrow();
    await hub.enreach.comeUp();
    expect(hub.enreach.port).toBe(port);
    const again = await hub.rawClient([hub.me, 'UserStatus']);
    hub.enreach.raise('UserStatus', hub.me);
    await expect.poll(() => messagesOf(again).length, waiting).toBe(1);
    await hub.enreach.restart('end');
    await expect.poll(() => again.closeCode(), waiting).toBe(1006);
    await hub.rawClient();
  });

  it('do not wait for a connection that was silent before', async () => {
    const client = await hub.rawClient();
    hub.enreach.fallSilent();
    await hub.enreach.restart('end');
    await expect.poll(() => client.closeCode(), waiting).toBe(1006);
    expect(hub.enreach.state().connections).toEqual([]);
  });

  it('may last when the simulator is closed', async () => {
    const other = await startHubUnderTest();
    await other.enreach.goDown();
    await other.close();
    await expect(call('GET', `${other.enreach.baseUrl}/users/me`)).rejects.toThrow();
  });

  it('of the tokens make all that were issued until then useless', async () => {
    const token = await hub.token();
    const client = await hub.rawClient();
    hub.enreach.expireTokens();
    await expect(openRawHubClient(hub.enreach.hubUrl, { authorization: `Bearer ${token}` })).rejects.toThrow('401');
    client.send(invocation('UnsubscribeAll', []));
    await expect.poll(() => client.records, waiting).toMatchObject([{ result: true }]);
    await hub.rawClient();
    expect(hub.enreach.state().webSocketRequests).toEqual([101, 401, 101]);
  });
});

describe('records', () => {
  it('may come in parts of any size, and several at once', async () => {
    const client = await openRawHubClient(hub.enreach.hubUrl, { authorization: `Bearer ${await hub.token()}` });
    const text = handshake + invocation('UnsubscribeAll', [], 'ä') + invocation('UnsubscribeAll', [], '2');
    for (const character of text) client.send(character);
    await expect.poll(() => client.records.length, waiting).toBe(3);
    expect(client.records).toMatchObject([{}, { invocationId: 'ä' }, { invocationId: '2' }]);
    await client.close();
  });

  it('over the limit end the connection before they are complete', async () => {
    const client = await hub.rawClient();
    hub.enreach.behave({ maxReceiveBytes: 1_000 });
    client.send('x'.repeat(1_001));
    await expect.poll(() => client.closeCode(), waiting).toBe(1000);
    expect(client.records).toMatchObject([{ type: 7, allowReconnect: true }]);
  });

  it('can be sent as they are', async () => {
    const client = await hub.rawClient();
    hub.enreach.sendToAll(record({ type: 99 }));
    await expect.poll(() => client.records, waiting).toEqual([{ type: 99 }]);
  });
});
