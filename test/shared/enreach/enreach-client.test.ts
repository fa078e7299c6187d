import { describe, expect, it } from 'vitest';
import { createEnreachClient, type EnreachClientOptions } from '../../../shared/enreach/enreach-client.ts';
import { ConfigurationError, PermanentError, TransientError } from '../../../shared/errors.ts';
import { type FakeFetch, fakeFetch, type PlannedAnswer } from '../../helpers/fake-fetch.ts';

const NOW = Date.parse('2025-03-05T14:00:00Z');
const USERNAME = 'ä.berg@corp.example';
const home = { json: [{ siloName: 'Silo01', username: USERNAME, apiEndpoint: 'https://api-silo.example/' }] };
const me = { json: { Id: '8F3A0000-0000-0000-0000-000000000001', OrganizationID: '1c' } };
const token = (value: string) => ({ json: { Token: value, WSSEndpoint: 'rte.example/rte' } });
const refusal = { status: 401, json: { Message: 'SECRET-KEY is wrong for ä.berg' } };

function clientOf(net: FakeFetch, options: Partial<EnreachClientOptions> = {}) {
  return createEnreachClient({
    discoveryUrl: 'https://discover.example/api/user',
    username: USERNAME,
    secret: { kind: 'secretKey', secretKey: 'SECRET-KEY' },
    fetch: net.fetch,
    clock: () => NOW,
    timeoutMs: 50,
    ...options,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

describe('signing in', () => {
  it('goes by discovery and secret key to a token', async () => {
    const net = fakeFetch(home, me, token('jwt-1'));
    expect(await clientOf(net).rteAccess()).toEqual({ url: 'https://rte.example/rte', token: 'jwt-1' });
    expect(net.requests.map(({ method, url }) => `${method} ${url.href}`)).toEqual([
      'GET https://discover.example/api/user?user=%C3%A4.berg%40corp.example',
      'GET https://api-silo.example/users/me',
      'GET https://api-silo.example/token/8f3a0000-0000-0000-0000-000000000001/rte/',
    ]);
    const authorization = `Basic ${Buffer.from(`${USERNAME}:SECRET-KEY`).toString('base64')}`;
    expect(net.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, authorization, authorization]);
    expect(net.requests[2]?.headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json' });
  });

  it('gets the secret key by password', async () => {
    const net = fakeFetch(home, { json: { UserID: '8f3a', SecretKey: 'FETCHED' } }, me);
    const client = clientOf(net, { secret: { kind: 'password', password: 'PASSWORD' } });
    expect(await client.ownUserId()).toBe('8f3a0000-0000-0000-0000-000000000001');
    expect(net.requests[1]).toMatchObject({
      method: 'POST',
      url: new URL('https://api-silo.example/authuser/%C3%A4.berg%40corp.example/'),
      body: { UserName: USERNAME, Password: 'PASSWORD' },
    });
    expect(net.requests[2]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`${USERNAME}:FETCHED`).toString('base64')}`,
    );
  });

  it('happens once, but the token is a new one each time', async () => {
    const net = fakeFetch(home, me, token('jwt-1'), token('jwt-2'));
    const client = clientOf(net);
    const tokens = [(await client.rteAccess()).token, (await client.rteAccess()).token];
    expect(tokens).toEqual(['jwt-1', 'jwt-2']);
    expect(net.requests).toHaveLength(4);
  });

  it('is shared by calls that come at once', async () => {
    const net = fakeFetch(home, me);
    const client = clientOf(net);
    await Promise.all([client.ownUserId(), client.ownUserId()]);
    expect(net.requests).toHaveLength(2);
  });

  it.each([
    ['a wrong secret key', { kind: 'secretKey', secretKey: 'SECRET-KEY' }, [home, refusal]],
    ['a wrong password', { kind: 'password', password: 'SECRET-KEY' }, [home, refusal]],
    ['an account without rights', { kind: 'secretKey', secretKey: 'SECRET-KEY' }, [home, { ...refusal, status: 403 }]],
  ] satisfies [string, EnreachClientOptions['secret'], PlannedAnswer[]][])(
    '%s is a permanent error that quotes nothing',
    async (_what, secret, answers) => {
      const error = await failureOf(clientOf(fakeFetch(...answers), { secret }).rteAccess());
      expect(error).toBeInstanceOf(PermanentError);
      expect(error.message).toContain('check ENREACH_USERNAME and ENREACH_SECRET_KEY or ENREACH_PASSWORD');
      expect(error.message).not.toMatch(/SECRET-KEY|berg/);
    },
  );

  it('is repeated once when the key that worked is refused', async () => {
    const net = fakeFetch(home, me, token('jwt-1'), refusal, home, me, token('jwt-2'));
    const client = clientOf(net);
    await client.rteAccess();
    expect((await client.rteAccess()).token).toBe('jwt-2');
    net.answer(refusal, home, refusal);
    expect(await failureOf(client.rteAccess())).toBeInstanceOf(PermanentError);
    expect(net.requests).toHaveLength(10);
  });

  it('begins anew after a failure, because the API may have moved', async () => {
    const moved = { json: [{ apiEndpoint: 'https://api-other.example' }] };
    const net = fakeFetch(home, me, new Error('ECONNREFUSED'), moved, me, token('jwt-2'));
    const client = clientOf(net);
    expect(await failureOf(client.rteAccess())).toBeInstanceOf(TransientError);
    await client.rteAccess();
    expect(net.requests.at(-1)?.url.host).toBe('api-other.example');
  });

  it('is kept when the API asks for fewer calls, and the wait is passed on', async () => {
    const net = fakeFetch(home, me, { status: 429, headers: { 'retry-after': '7' } }, token('jwt-1'));
    const time = { nowMs: NOW };
    const client = clientOf(net, { clock: () => time.nowMs });
    expect(await failureOf(client.rteAccess())).toMatchObject({ httpStatus: 429, retryAfterMs: 7_000 });
    time.nowMs += 7_000;
    await client.rteAccess();
    expect(net.requests).toHaveLength(4);
  });

  const key = { json: { UserID: '8f3a', SecretKey: 'FETCHED' } };
  it.each([
    ['discovery', []],
    ['the secret key', [home]],
    ['the own user', [home, key]],
  ])('begins anew, once the wait is over, after it was told at %s to wait', async (_where, before) => {
    const net = fakeFetch(...before, { status: 429, headers: { 'retry-after': '7' } });
    const time = { nowMs: NOW };
    const client = clientOf(net, {
      secret: { kind: 'password', password: 'PASSWORD' },
      clock: () => time.nowMs,
    });
    const refusal429 = await failureOf(client.queuesOf('8f3a'));
    expect(refusal429).toMatchObject({ httpStatus: 429, retryAfterMs: 7_000 });
    time.nowMs += 6_999;
    const { message } = refusal429;
    expect(await failureOf(client.rteAccess())).toMatchObject({ httpStatus: 429, retryAfterMs: 1, message });
    expect(net.requests).toHaveLength(before.length + 1);
    time.nowMs += 1;
    net.answer(home, key, me, token('jwt-1'));
    expect((await client.rteAccess()).token).toBe('jwt-1');
  });

  it('that is not answered is a transient error', async () => {
    expect(await failureOf(clientOf(fakeFetch(home, 'silence')).rteAccess())).toBeInstanceOf(TransientError);
  });
});

describe('discovery', () => {
  it.each([
    ['https://discover.example', 'https://discover.example/api/user'],
    ['https://discover.example/', 'https://discover.example/api/user'],
    ['https://discover.example/api/user/', 'https://discover.example/api/user'],
  ])('may be set as %s', async (discoveryUrl, expected) => {
    const net = fakeFetch(home, me);
    await clientOf(net, { discoveryUrl }).ownUserId();
    expect(`${net.requests[0]?.url.origin}${net.requests[0]?.url.pathname}`).toBe(expected);
  });

  it.each([
    ['https://api-silo.example', 'https://api-silo.example/users/me'],
    ['https://api-silo.example/base/', 'https://api-silo.example/base/users/me'],
    ['api-silo.example', 'https://api-silo.example/users/me'],
  ])('may answer %s', async (apiEndpoint, expected) => {
    const net = fakeFetch({ json: [{ ApiEndpoint: apiEndpoint }, { ApiEndpoint: 'https://second.example' }] }, me);
    await clientOf(net).ownUserId();
    expect(net.requests[1]?.url.href).toBe(expected);
  });

  it('without the user is a configuration error', async () => {
    const error = await failureOf(clientOf(fakeFetch({ json: [] })).rteAccess());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('ENREACH_USERNAME: discovery knows no such user');
  });

  it.each([
    ['an address without TLS', [{ apiEndpoint: 'http://api-silo.example' }]],
    ['an address that is none', [{ apiEndpoint: 'https://' }]],
    ['another shape', { apiEndpoint: 'https://api-silo.example' }],
  ])('that answers %s is a permanent error', async (_what, json) => {
    const net = fakeFetch({ json });
    expect(await failureOf(clientOf(net).rteAccess())).toBeInstanceOf(PermanentError);
    expect(net.requests).toHaveLength(1);
  });
});

describe('the address of the hub', () => {
  const local = { json: [{ apiEndpoint: 'http://127.0.0.1:4010/' }] };

  it.each([
    [home, 'rte.example/rte', 'https://rte.example/rte'],
    [home, ' https://rte.example/rte ', 'https://rte.example/rte'],
    [home, 'wss://rte.example/rte', 'https://rte.example/rte'],
    [home, 'http://rte.example/rte', 'https://rte.example/rte'],
    [local, '127.0.0.1:4011/rte', 'http://127.0.0.1:4011/rte'],
  ])('%# has the scheme of the API', async (discovery, endpoint, expected) => {
    const net = fakeFetch(discovery, me, { json: { token: 'jwt', wssEndpoint: endpoint } });
    const discoveryUrl = discovery === local ? 'http://127.0.0.1:4010' : 'https://discover.example';
    expect((await clientOf(net, { discoveryUrl }).rteAccess()).url).toBe(expected);
  });
});

describe('queues', () => {
  it('are listed with what EnreachAPI says of their state', async () => {
    const status = { OpenStatus: 'Open', QueueLength: 3 };
    const net = fakeFetch(home, me, {
      json: [{ Id: 'C0', Name: 'Sales', TypeId: 4, Status: status }, { id: 'c1', Status: null }, { Id: 'c2' }],
    });
    expect(await clientOf(net).queuesOf('8f3a')).toEqual([
      { id: 'c0', status },
      { id: 'c1', status: undefined },
      { id: 'c2', status: undefined },
    ]);
    expect(net.requests[2]?.url.href).toBe('https://api-silo.example/queues/?OnlyForUser=8f3a');
  });

  it('are not asked for sooner than EnreachAPI says, which holds back no token', async () => {
    const limited = { status: 503, headers: { 'retry-after': '120' } };
    const net = fakeFetch(home, me, limited, home, me, token('jwt-1'));
    const time = { nowMs: NOW };
    const client = clientOf(net, { clock: () => time.nowMs });
    expect(await failureOf(client.queuesOf('8f3a'))).toMatchObject({ retryAfterMs: 120_000 });
    time.nowMs += 119_000;
    expect(await failureOf(client.queuesOf('8f3b'))).toMatchObject({ httpStatus: 503, retryAfterMs: 1_000 });
    expect(net.requests).toHaveLength(3);
    expect((await client.rteAccess()).token).toBe('jwt-1');
    time.nowMs += 1_000;
    net.answer({ json: [] });
    expect(await client.queuesOf('8f3a')).toEqual([]);
  });

  it('in an unknown shape are an error that names the place and no value', async () => {
    const net = fakeFetch(home, me, { json: [{ Id: 'c0' }, { Name: 'Sales' }] });
    expect((await failureOf(clientOf(net).queuesOf('8f3a'))).message).toBe(
      'Enreach answered "list queues" in an unknown shape: 1.id',
    );
  });
});
