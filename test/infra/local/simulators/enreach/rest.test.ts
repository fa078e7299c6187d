import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  enreachPassword,
  enreachSecretKey,
  enreachUsername,
} from '../../../../../infra/local/simulators/credentials.ts';
import {
  type EnreachSimulator,
  startEnreachSimulator,
} from '../../../../../infra/local/simulators/enreach/simulator.ts';
import { call } from '../call.ts';

let enreach: EnreachSimulator;
const nowMs = Date.UTC(2026, 1, 3, 12);

beforeAll(async () => {
  enreach = await startEnreachSimulator({ port: 0, clock: () => nowMs });
});
afterEach(() => enreach.clear());
afterAll(() => enreach.close());

const basic = (username: string, key: string) => `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`;
const headers = { authorization: basic(enreachUsername, enreachSecretKey) };
const wrong = { authorization: basic(enreachUsername, 'wrong') };

describe('discovery', () => {
  it('tells in camelCase where the API of a user is, asked either way and in any casing', async () => {
    const expected = [
      {
        siloName: 'Silo01',
        username: enreachUsername,
        apiEndpoint: `${enreach.origin}/`,
        uiEndpoint: enreach.origin,
        authority: null,
        authorityIdPHint: null,
        basicAuthEndpoint: `${enreach.origin}/`,
      },
    ];
    const asked = await call('GET', `${enreach.baseUrl}/api/user?user=${enreachUsername.toUpperCase()}`);
    const posted = await call('POST', `${enreach.baseUrl}/api/user`, { body: { user: enreachUsername } });
    expect([asked.body, posted.body]).toEqual([expected, expected]);
  });

  it('knows nothing of others', async () => {
    expect((await call('GET', `${enreach.baseUrl}/api/user?user=nobody`)).body).toEqual([]);
    expect((await call('POST', `${enreach.baseUrl}/api/user`, { body: {} })).body).toEqual([]);
  });
});

describe('EnreachAPI', () => {
  it('gives a secret key for a password, and 401 for a wrong one', async () => {
    const url = `${enreach.baseUrl}/authuser/${enreachUsername}/`;
    const me = enreach.directory.users[0]?.id;
    const good = await call('POST', url, { body: { UserName: enreachUsername, Password: enreachPassword } });
    expect([good.status, good.body]).toEqual([200, { UserID: me, SecretKey: enreachSecretKey }]);
    const bad = await call('POST', url, { body: { UserName: enreachUsername, Password: 'wrong' } });
    expect([bad.status, bad.text]).toEqual([401, '']);
  });

  it.each(['', '/'])('answers the calls of an account with and without a slash at the end (“%s”)', async (slash) => {
    const { users, queues, organizationId } = enreach.directory;
    const id = users[0]?.id ?? '';
    const me = await call('GET', `${enreach.baseUrl}/users/me${slash}`, { headers });
    expect(me.body).toEqual({ Id: id, OrganizationID: organizationId, UserName: enreachUsername });
    const list = await call('GET', `${enreach.baseUrl}/queues${slash}?OnlyForUser=${id}`, { headers });
    expect(list.body).toMatchObject(queues.map((queue) => ({ Id: queue.id, Status: { QueueLength: 1 } })));
    const token = await call('GET', `${enreach.baseUrl}/token/${id}/rte${slash}`, { headers });
    expect(token.body).toEqual({
      Token: expect.any(String),
      WSSEndpoint: enreach.hubUrl.replace('http://', ''),
    });
  });

  it('answers 401 without credentials, with wrong ones, and to who wants another user’s token', async () => {
    const [me, other] = enreach.directory.users;
    const paths = ['/users/me', '/queues/', `/token/${me?.id}/rte/`];
    for (const path of paths) {
      expect((await call('GET', enreach.baseUrl + path)).status).toBe(401);
      expect((await call('GET', enreach.baseUrl + path, { headers: wrong })).status).toBe(401);
    }
    expect((await call('GET', `${enreach.baseUrl}/token/${other?.id}/rte/`, { headers })).status).toBe(401);
  });

  it('makes a token that expires after the lifetime in force', async () => {
    const url = `${enreach.baseUrl}/token/${enreach.directory.users[0]?.id}/rte/`;
    const lifetimes: unknown[] = [];
    for (const tokenLifetimeMs of [3_600_000, -5_000]) {
      enreach.behave({ tokenLifetimeMs });
      const { body } = await call('GET', url, { headers });
      const token = typeof body === 'object' && body !== null && 'Token' in body ? String(body.Token) : '';
      const { exp = 0, sub } = decodeJwt(token);
      lifetimes.push([exp * 1_000 - nowMs, sub]);
      const negotiated = await call('POST', `${enreach.hubUrl}/negotiate`, { token });
      lifetimes.push(negotiated.status);
    }
    const me = enreach.directory.users[0]?.id;
    expect(lifetimes).toEqual([[3_600_000, me], 200, [-5_000, me], 401]);
    expect(enreach.state().tokensIssued).toBeGreaterThanOrEqual(2);
  });

  it('answers as planned in place of its own', async () => {
    enreach.answerNext({ match: { path: '/token/*' }, status: 429, headers: { 'retry-after': '7' } });
    const url = `${enreach.baseUrl}/token/${enreach.directory.users[0]?.id}/rte/`;
    const first = await call('GET', url, { headers });
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await call('GET', url, { headers })).status).toBe(200);
  });
});
