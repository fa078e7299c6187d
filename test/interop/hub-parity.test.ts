import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDirectory } from '../../infra/local/simulators/enreach/directory.ts';
import { documentedEventNames } from '../../infra/local/simulators/enreach/event-catalogue.ts';
import { type EnreachSimulator, startEnreachSimulator } from '../../infra/local/simulators/enreach/simulator.ts';
import { hasDotnetSdk } from './build-interop-hub.ts';
import { type EnreachAccount, fetchToken } from './hub-client.ts';
import { type InteropHub, startInteropHub } from './interop-hub.ts';
import { handshake, invocation, openRawHubClient, type RawHubClient, record } from './raw-hub-client.ts';

const canRun = await hasDotnetSdk();
if (!canRun)
  console.log('Skipped: hub-parity.test.ts compares with a real ASP.NET Core hub and needs the .NET 10 SDK.');

const directory = seedDirectory();
const [user] = directory.users;
const [queue] = directory.queues;
if (user === undefined || queue === undefined) throw new Error('The seeded tenant has a user and a queue.');

const pingIntervalMs = 400;

/** Either of the two hubs, and the account that it lets in. */
interface Side {
  readonly hubUrl: string;
  readonly account: EnreachAccount;
  readonly raise: (eventName: string, entityId: string) => Promise<unknown>;
  readonly drop: () => Promise<unknown>;
  readonly expireTokens: () => Promise<unknown>;
}

describe.skipIf(!canRun)('the simulator against a real ASP.NET Core hub', () => {
  let real: InteropHub;
  let simulator: EnreachSimulator;
  let sides: readonly Side[] = [];

  beforeAll(async () => {
    real = await startInteropHub({
      ...directory,
      eventNames: documentedEventNames,
      keepAliveSeconds: pingIntervalMs / 1_000,
    });
    // A hub method of ASP.NET Core has no optional arguments; what the vendor's takes is not known.
    simulator = await startEnreachSimulator({ port: 0, behaviour: { arguments: 'exact', pingIntervalMs } });
    const accountAt = (baseUrl: string) => ({ ...user, baseUrl, userId: user.id });
    sides = [
      {
        hubUrl: real.hubUrl,
        account: accountAt(real.baseUrl),
        raise: (eventName, entityId) => real.raise(eventName, entityId, {}),
        drop: () => real.dropAll(),
        expireTokens: () => real.expireTokens(),
      },
      {
        hubUrl: simulator.hubUrl,
        account: accountAt(simulator.baseUrl),
        raise: async (eventName, entityId) => simulator.raise(eventName, entityId),
        drop: async () => simulator.dropAll('closeForGood'),
        expireTokens: async () => simulator.expireTokens(),
      },
    ];
  }, 240_000);
  afterAll(async () => {
    await Promise.all([real?.close(), simulator?.close()]);
  });

  /** Does the same with both, and expects the same of both. */
  async function same(act: (side: Side) => Promise<unknown>): Promise<unknown> {
    const [ofReal, ofSimulator] = await Promise.all(sides.map(act));
    expect(ofSimulator).toEqual(ofReal);
    return ofReal;
  }

  async function bearer({ account }: Side): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await fetchToken(account)}` };
  }

  /** What a WebSocket sees after these frames, until so many records or its end. */
  async function converse(side: Side, frames: readonly string[], count: number): Promise<unknown> {
    const client = await openRawHubClient(side.hubUrl, await bearer(side));
    for (const frame of frames) client.send(frame);
    await settled(client, count);
    const seen = { records: withoutPings(client), closeCode: client.closeCode() };
    await client.close();
    return seen;
  }

  async function settled(client: RawHubClient, count: number): Promise<void> {
    await expect
      .poll(() => client.closeCode() !== undefined || withoutPings(client).length >= count, {
        timeout: 5_000,
        interval: 5,
      })
      .toBe(true);
  }

  const subscribe = (items: unknown, id?: unknown) => invocation('Subscribe', [items], id);
  const item = { EntityId: user.id, EventName: 'UserStatus' };
  const ask = invocation('AvailableSubscriptions', [], 'last');
  const big = Array.from({ length: 500 }, () => ({ EntityId: user.id, EventName: 'QueueCallInTransferConnected' }));

  it.each<[string, readonly string[], number]>([
    ['a handshake', [handshake], 1],
    ['a handshake in parts, with a call behind it', [handshake.slice(0, 9), handshake.slice(9) + ask], 2],
    ['another protocol', [record({ protocol: 'messagepack', version: 1 })], 2],
    ['a version that is too new', [record({ protocol: 'json', version: 99 })], 2],
    ['a handshake that is no JSON', ['nonsense\x1e'], 2],
    ['a handshake without a version', [record({ protocol: 'json' })], 2],
    ['a handshake without a protocol', [record({ version: 1 })], 2],
    ['a list for a handshake', ['[]\x1e'], 2],
    ['an unknown method', [handshake, invocation('Nope', []), ask], 3],
    ['an unknown method without an id', [handshake, invocation('Nope', [], undefined), ask], 2],
    ['a method in another casing', [handshake, invocation('availablesubscriptions', [])], 2],
    ['an argument too many', [handshake, invocation('AvailableSubscriptions', [[]]), ask], 3],
    ['an argument too many for UnsubscribeAll', [handshake, invocation('UnsubscribeAll', [[]]), ask], 3],
    ['an argument too few', [handshake, invocation('Subscribe', []), ask], 3],
    ['two arguments', [handshake, invocation('Subscribe', [[], 1]), ask], 3],
    ['no list of arguments', [handshake, invocation('Subscribe', undefined), ask], 3],
    ['text in place of the arguments', [handshake, invocation('Subscribe', 'x'), ask], 3],
    ['text in place of the items', [handshake, subscribe('x'), ask], 3],
    ['null in place of the items', [handshake, subscribe(null), ask], 3],
    ['null in place of an item', [handshake, subscribe([null]), ask], 3],
    ['text in place of an item', [handshake, subscribe(['x']), ask], 3],
    ['an empty item', [handshake, subscribe([{}]), ask], 3],
    ['an entity id that is no text', [handshake, subscribe([{ ...item, EntityId: 5 }]), ask], 3],
    ['an empty list', [handshake, subscribe([]), ask], 3],
    [
      'items of every sort',
      [
        handshake,
        subscribe([
          item,
          { entityId: user.id.toUpperCase(), eventName: 'userSTATUS', other: 1 },
          { EntityId: user.id, EventName: 'QueueStatus' },
          { EntityId: queue.id, EventName: 'QueueStatus' },
          { EntityId: user.id, EventName: 'Nope' },
          { EntityId: 'nobody', EventName: 'UserStatus' },
        ]),
        ask,
      ],
      3,
    ],
    ['a repeated subscription', [handshake, subscribe([item, item]), subscribe([item], '2')], 3],
    ['the end of a subscription', [handshake, subscribe([item]), invocation('Unsubscribe', [[item]], '2')], 3],
    ['the end of one that there never was', [handshake, invocation('Unsubscribe', [[item, { EntityId: 'x' }]])], 2],
    ['the end of all', [handshake, subscribe([item]), invocation('UnsubscribeAll', [], '2')], 3],
    ['a call without an id', [handshake, subscribe([item], undefined), ask], 2],
    ['an id that is a number', [handshake, subscribe([item], 7), ask], 3],
    ['a record that is no JSON', [handshake, '{nonsense\x1e', ask], 3],
    ['a record that is a list', [handshake, '[]\x1e', ask], 3],
    ['a record without a type', [handshake, record({}), ask], 3],
    ['a type that is text', [handshake, record({ type: '1' }), ask], 3],
    ['an empty record', [handshake, '\x1e', ask], 3],
    ['a call without a target', [handshake, record({ type: 1, invocationId: '1', arguments: [] }), ask], 3],
    ['a completion that nobody asked for', [handshake, record({ type: 3, invocationId: '1', result: 1 }), ask], 2],
    [
      'a call for a stream',
      [handshake, record({ type: 4, invocationId: '1', target: 'AvailableSubscriptions', arguments: [] }), ask],
      3,
    ],
    ['the end of a stream', [handshake, record({ type: 5, invocationId: '1' }), ask], 2],
    ['a goodbye', [handshake, record({ type: 7 })], 3],
    ['a record over the limit', [handshake, subscribe(big), ask], 3],
    ['a ping', [handshake, record({ type: 6 }), ask], 2],
  ])('answers %s alike', async (_name, frames, count) => {
    await same((side) => converse(side, frames, count));
  });

  it('hears nothing more after a record of an unknown type, and pings in silence', async () => {
    const seen = await same(async (side) => {
      const client = await openRawHubClient(side.hubUrl, await bearer(side));
      client.send(handshake + record({ type: 99 }) + ask);
      await expect.poll(() => client.records.length > withoutPings(client).length, { timeout: 5_000 }).toBe(true);
      const records = withoutPings(client);
      await client.close();
      return records;
    });
    expect(seen).toEqual([{}]);
  });

  it('lets connections end alike', async () => {
    const seen = await same(async (side) => {
      const client = await openRawHubClient(side.hubUrl, await bearer(side));
      client.send(handshake);
      await settled(client, 1);
      await side.drop();
      await settled(client, 9);
      return { records: withoutPings(client), closeCode: client.closeCode() };
    });
    expect(seen).toEqual({ records: [{}, { type: 7 }], closeCode: 1000 });
  });

  it('sends events alike to an open connection whose token has expired, and to that only', async () => {
    await same(async (side) => {
      const headers = await bearer(side);
      const client = await openRawHubClient(side.hubUrl, headers);
      client.send(handshake + subscribe([item]));
      await settled(client, 2);
      await side.expireTokens();
      await side.raise('UserStatus', user.id);
      await side.raise('UserAvailability', user.id);
      await settled(client, 3);
      const again = await openRawHubClient(side.hubUrl, headers).catch((error: unknown) => error);
      await client.close();
      return { message: withoutData(withoutPings(client)[2]), again };
    });
  });

  it.each<[string, string, string, boolean]>([
    ['no version', 'POST', '/negotiate', true],
    ['version 1', 'POST', '/negotiate?negotiateVersion=1', true],
    ['a newer version', 'POST', '/negotiate?negotiateVersion=7', true],
    ['a version that is no number', 'POST', '/negotiate?negotiateVersion=x', true],
    ['stateful reconnect', 'POST', '/negotiate?negotiateVersion=1&useStatefulReconnect=true', true],
    ['no token', 'POST', '/negotiate?negotiateVersion=1', false],
    ['the wrong method', 'GET', '/negotiate?negotiateVersion=1', true],
    ['a poll without an id', 'GET', '', true],
    ['a poll with an unknown id', 'GET', '?id=nope', true],
    ['a poll without a token', 'GET', '?id=nope', false],
    ['records without an id', 'POST', '', true],
    ['records with an unknown id', 'POST', '?id=nope', true],
    ['a goodbye without an id', 'DELETE', '', true],
    ['a goodbye with an unknown id', 'DELETE', '?id=nope', true],
    ['another method', 'PUT', '?id=nope', true],
    ['another address', 'GET', '/nope', true],
  ])('answers HTTP requests alike: %s', async (_name, method, path, withToken) => {
    await same(async (side) => {
      const headers = withToken ? await bearer(side) : {};
      const response = await fetch(side.hubUrl + path, { method, headers });
      const text = await response.text();
      return { status: response.status, body: text.startsWith('{') ? withoutIds(JSON.parse(text)) : text };
    });
  });

  it('takes the token in the query, as browsers send it, and refuses a bad one', async () => {
    const statuses = await same(async (side) => {
      const ask = async (token: string) =>
        (await fetch(`${side.hubUrl}/negotiate?negotiateVersion=1&access_token=${token}`, { method: 'POST' })).status;
      return [await ask(await fetchToken(side.account)), await ask('bad'), await ask('')];
    });
    expect(statuses).toEqual([200, 401, 401]);
  });

  it('opens WebSockets alike', async () => {
    const seen = await same(async (side) => {
      const headers = await bearer(side);
      const open = async (query: string, withHeaders = headers) => {
        try {
          const client = await openRawHubClient(side.hubUrl + query, withHeaders);
          opened.push(client);
          return 'open';
        } catch (error) {
          return String(error);
        }
      };
      const opened: RawHubClient[] = [];
      const id = await negotiate(side, headers);
      const answers = [
        await open(''),
        await open('?id=nope'),
        await open('', {}),
        await open('', { authorization: 'Bearer bad' }),
        await open(`?id=${id}`),
        await open(`?id=${id}`),
      ];
      await Promise.all(opened.map((client) => client.close()));
      return answers;
    });
    const status = (code: number) => `Error: status ${code}`;
    expect(seen).toEqual(['open', status(404), status(401), status(401), 'open', status(409)]);
  });

  it('polls alike', async () => {
    const seen = await same(async (side) => {
      const headers = await bearer(side);
      const url = `${side.hubUrl}?id=${await negotiate(side, headers)}`;
      const ask = async (method: string, body?: string): Promise<unknown[]> => {
        const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
        return [response.status, await response.text()];
      };
      const answers = [await ask('GET'), await ask('POST', handshake), await ask('GET')];
      answers.push(await ask('POST', subscribe([item])), await ask('GET'));
      const [polled] = await Promise.all([ask('GET'), side.raise('UserStatus', user.id)]);
      answers.push([polled[0], withoutData(JSON.parse(String(polled[1]).slice(0, -1)))]);
      answers.push(await ask('DELETE'), await ask('GET'), await ask('POST', handshake));
      return answers;
    });
    expect(seen).toMatchObject([
      [200, ''],
      [200, ''],
      [200, '{}\x1e'],
      [200, ''],
      [200, expect.stringContaining('"subscribed":true')],
      [200, { target: 'MessageReceived' }],
      [202, ''],
      [404, 'No Connection with that ID'],
      [404, 'No Connection with that ID'],
    ]);
  });

  it('ends polling alike when the hub ends the connection', async () => {
    const seen = await same(async (side) => {
      const headers = await bearer(side);
      const url = `${side.hubUrl}?id=${await negotiate(side, headers)}`;
      const poll = async () => {
        const response = await fetch(url, { headers });
        return [response.status, await response.text()];
      };
      await poll();
      await fetch(url, { method: 'POST', headers, body: handshake });
      await poll();
      await side.drop();
      return [await poll(), await poll(), await poll()];
    });
    expect(seen).toEqual([
      [200, '{"type":7}\x1e'],
      [204, ''],
      [404, 'No Connection with that ID'],
    ]);
  });

  it('streams alike', async () => {
    await same(async (side) => {
      const headers = await bearer(side);
      const url = `${side.hubUrl}?id=${await negotiate(side, headers)}`;
      const response = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } });
      const again = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } });
      let text = '';
      const read = (async () => {
        for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
      })();
      await fetch(url, { method: 'POST', headers, body: handshake });
      await expect.poll(() => text).toContain('{}');
      await fetch(url, { method: 'POST', headers, body: ask });
      await expect.poll(() => text).toContain('result');
      await side.drop();
      await read;
      const type = response.headers.get('content-type');
      return {
        status: response.status,
        type,
        text: text.replaceAll('data: {"type":6}\x1e\r\n\r\n', ''),
        again: again.status,
      };
    });
  });

  async function negotiate(side: Side, headers: Record<string, string>): Promise<string> {
    const response = await fetch(`${side.hubUrl}/negotiate?negotiateVersion=1`, { method: 'POST', headers });
    const answer: unknown = await response.json();
    if (typeof answer !== 'object' || answer === null || !('connectionToken' in answer)) throw new Error('No token.');
    return String(answer.connectionToken);
  }
});

/** What a negotiation says but for the ids, of which only the length can be compared. */
function withoutIds(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value: unknown) =>
      /^connection(Id|Token)$/.test(key) && typeof value === 'string' ? value.length : value,
    ),
  );
}

/** What the hub said but for its pings, which come when they come. */
function withoutPings({ records }: RawHubClient): unknown[] {
  return records.filter((it) => JSON.stringify(it) !== '{"type":6}');
}

/** A message of an event but for its data, which the two make up differently. */
function withoutData(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message, (key, value: unknown) => (key === 'data' ? '' : value)));
}
