import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signInByDeviceCode } from '../../../shared/auth/device-code.ts';
import { nimbusTokens } from '../../../shared/auth/nimbus-tokens.ts';
import type { NimbusSignInConfig } from '../../../shared/config.ts';
import { ConfigurationError, TransientError } from '../../../shared/errors.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { AUTHORITY, SECRET_TEXTS, SimulatedEntra, type SimulatedEntraOptions } from '../../helpers/simulated-entra.ts';
import { MemoryTokenCache } from './memory-token-cache.ts';

const config: NimbusSignInConfig = {
  kind: 'delegated',
  authority: AUTHORITY,
  clientId: 'client-1',
  scope: '23694b6c-5a4a-45ce-9c6a-37c5f1880d4e/.default',
  tokenCache: 'unused',
};

const ENDED =
  /^TransientError: the sign-in for Nimbus has ended \(invalid_grant, AADSTS50173\): run "npm run nimbus:login"/;

// Only the date is feigned, for MSAL reads it; timers stay real.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

function advanceMinutes(minutes: number): void {
  vi.setSystemTime(Date.now() + minutes * 60_000);
}

function signIn(entra: SimulatedEntra, cache: MemoryTokenCache): Promise<unknown> {
  return signInByDeviceCode(config, { cache, network: entra.network, onCode: () => undefined });
}

/** A cache that somebody signed in to, with token-1 and refresh-1, and what processes that use it are made of. */
async function signedIn(options: SimulatedEntraOptions = {}) {
  const entra = new SimulatedEntra(options);
  const cache = new MemoryTokenCache();
  await signIn(entra, cache);
  entra.asked.length = 0;
  const log = new RecordingLog();
  const pauses = { count: 0, onPause: (_count: number): void => undefined };
  const sleep = async () => {
    pauses.count += 1;
    pauses.onPause(pauses.count);
    await setImmediate();
  };
  const process = () => nimbusTokens(config, { network: entra.network, cache, log, sleep });
  const refreshes = () => entra.tokenRequests().map(({ form }) => form.refresh_token);
  return { entra, cache, log, pauses, process, refreshes };
}

/** Something to wait for until it is let go. */
function hold() {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { held, letGo };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

describe('nimbusTokens', () => {
  it('gives the token of the sign-in while it is valid, and reads the cache once for it', async () => {
    const { process, entra, cache } = await signedIn();
    const tokens = process();
    expect(await tokens({ renew: false })).toBe('token-1');
    const { reads } = cache;
    advanceMinutes(50);
    expect(await tokens({ renew: false })).toBe('token-1');
    expect(cache.reads).toBe(reads);
    expect(entra.tokenRequests()).toEqual([]);
  });

  it('renews it silently before it ends, as a public client, for its scope at its tenant', async () => {
    const { process, entra, cache } = await signedIn();
    const tokens = process();
    await tokens({ renew: false });
    advanceMinutes(56);
    expect(await tokens({ renew: false })).toBe('token-2');
    const [request, ...more] = entra.tokenRequests();
    expect(more).toEqual([]);
    expect(request?.url).toMatch(new RegExp(`^${AUTHORITY}/oauth2/v2\\.0/token`));
    expect(request?.form).toMatchObject({
      grant_type: 'refresh_token',
      client_id: 'client-1',
      refresh_token: 'refresh-1',
      scope: expect.stringContaining(config.scope),
    });
    expect(request?.form).not.toHaveProperty('client_secret');
    expect(cache.refreshToken).toBe('refresh-2');
  });

  it('renews on demand, and keeps what it got', async () => {
    const tokens = (await signedIn()).process();
    const got = [];
    for (const renew of [false, true, false, true]) got.push(await tokens({ renew }));
    expect(got).toEqual(['token-1', 'token-2', 'token-2', 'token-3']);
  });

  it('renews once for all that ask at the same time', async () => {
    const { process, refreshes } = await signedIn();
    const tokens = process();
    const asked = [true, true, false, true].map((renew) => tokens({ renew }));
    expect(await Promise.all(asked)).toEqual(['token-2', 'token-2', 'token-2', 'token-2']);
    expect(refreshes()).toEqual(['refresh-1']);
  });

  it('does not take for renewed what was asked for before', async () => {
    const tokens = (await signedIn()).process();
    expect(await Promise.all([tokens({ renew: false }), tokens({ renew: true })])).toEqual(['token-1', 'token-2']);
  });

  it('goes on with the same sign-in after a restart', async () => {
    const { process, refreshes } = await signedIn();
    await process()({ renew: true });
    advanceMinutes(120);
    expect(await process()({ renew: false })).toBe('token-3');
    expect(refreshes()).toEqual(['refresh-1', 'refresh-2']);
  });

  it('asks neither the cache nor Entra before a token is needed', async () => {
    const { process, entra, cache } = await signedIn();
    const { reads } = cache;
    process();
    expect([cache.reads, entra.asked]).toEqual([reads, []]);
  });

  it('does not start with a cache that can not be', () => {
    expect(() => nimbusTokens({ ...config, tokenCache: 'https://example.com/x' })).toThrow(ConfigurationError);
  });
});

describe('nimbusTokens in several processes', () => {
  it('all live on when they renew at the same time and refresh tokens work once', async () => {
    const { process, entra, cache, log } = await signedIn({ singleUse: true });
    const processes = [process(), process(), process()];
    for (let round = 0; round < 5; round += 1) {
      const got = await Promise.all(processes.map((tokens) => tokens({ renew: true })));
      // Whoever came too late has the token of whoever was first.
      expect(new Set(got).size).toBeLessThanOrEqual(processes.length);
      for (const token of got) expect(token).toMatch(/^token-\d+$/);
    }
    advanceMinutes(600);
    expect(await process()({ renew: false })).toMatch(/^token-\d+$/);
    expect(entra.tokenRequests().length).toBeGreaterThan(6);
    expect(cache.refreshToken).toBeDefined();
    expect(log.text).toBe('');
  });

  it('waits for the other one to save what the used-up refresh token gave', async () => {
    const { process, entra, refreshes, pauses } = await signedIn({ singleUse: true });
    const { held, letGo } = hold();
    entra.after = () => held;
    const first = process()({ renew: true });
    await vi.waitFor(() => expect(refreshes()).toHaveLength(1));
    entra.after = () => undefined;
    pauses.onPause = (count) => {
      if (count === 3) letGo();
    };
    expect(await process()({ renew: true })).toBe('token-2');
    expect(await first).toBe('token-2');
    expect(refreshes()).toEqual(['refresh-1', 'refresh-1']);
  });

  it('does not wait for one that died with the new refresh token', async () => {
    const { process, entra, pauses } = await signedIn({ singleUse: true });
    entra.after = () => {
      throw new Error('killed');
    };
    await failureOf(process()({ renew: true }));
    entra.after = () => undefined;
    expect(String(await failureOf(process()({ renew: true })))).toMatch(ENDED);
    expect(pauses.count).toBe(4);
  });

  it('does not put an older refresh token in place of a newer one', async () => {
    const { process, entra, cache, refreshes } = await signedIn();
    const { held, letGo } = hold();
    entra.after = () => held;
    const slow = process()({ renew: true });
    await vi.waitFor(() => expect(refreshes()).toHaveLength(1));
    entra.after = () => undefined;
    const fast = process();
    expect([await fast({ renew: true }), await fast({ renew: true })]).toEqual(['token-3', 'token-4']);
    letGo();
    expect(await slow).toBe('token-2');
    expect(cache.refreshToken).toBe('refresh-4');
  });

  it('does not put the old sign-in in place of a new one', async () => {
    const { process, entra, cache, refreshes } = await signedIn();
    const { held, letGo } = hold();
    entra.after = ({ form }) => (form.grant_type === 'refresh_token' ? held : undefined);
    const slow = process()({ renew: true });
    await vi.waitFor(() => expect(refreshes()).toHaveLength(1));
    entra.account = { oid: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'new@contoso.example' };
    await signIn(entra, cache);
    letGo();
    await slow;
    expect(cache.kept?.text).toContain('new@contoso.example');
    expect(cache.kept?.text).not.toContain('bridge@contoso.example');
    expect(cache.refreshToken).toBe('refresh-3');
  });

  it('uses the account that signed in last', async () => {
    const { process, entra, cache, refreshes } = await signedIn();
    const tokens = process();
    await tokens({ renew: true });
    entra.account = { oid: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'new@contoso.example' };
    await signIn(entra, cache);
    await tokens({ renew: true });
    expect(refreshes().at(-1)).toBe('refresh-3');
  });
});

describe('nimbusTokens without a sign-in', () => {
  it('says who has to do what, and lets deliveries wait', async () => {
    const log = new RecordingLog();
    const entra = new SimulatedEntra();
    const tokens = nimbusTokens(config, { network: entra.network, cache: new MemoryTokenCache(), log });
    const failure = await failureOf(tokens({ renew: false }));
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toBe(
      'TransientError: nobody has signed in for Nimbus: run "npm run nimbus:login"; until then deliveries to Nimbus wait',
    );
    expect(log.text).toBe('error alarm name=nimbus-sign-in reason=missing run="npm run nimbus:login"');
  });

  it.each(['{"Account":', '[]', '{"Account":"x"}', ''])('takes damaged tokens for none: %j', async (text) => {
    const cache = new MemoryTokenCache();
    cache.overwrite(text);
    const tokens = nimbusTokens(config, { network: new SimulatedEntra().network, cache, log: new RecordingLog() });
    expect(String(await failureOf(tokens({ renew: false })))).toMatch(/nobody has signed in/);
  });

  it('says so when the sign-in was revoked, and works again after the next one', async () => {
    const { process, entra, cache } = await signedIn();
    const tokens = process();
    await tokens({ renew: false });
    entra.revokeAll();
    const failure = await failureOf(tokens({ renew: true }));
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toMatch(ENDED);
    await signIn(entra, cache);
    expect(await tokens({ renew: true })).toMatch(/^token-\d+$/);
  });

  it('says so when Entra wants to see the user again', async () => {
    const { process, entra, log } = await signedIn();
    entra.refusal = { status: 400, error: 'interaction_required', number: 50076, suberror: 'basic_action' };
    expect(String(await failureOf(process()({ renew: true })))).toMatch(
      /has ended \(interaction_required, AADSTS50076\)/,
    );
    expect(log.text).toContain('reason="interaction_required, AADSTS50076"');
  });

  it('raises the alarm once an hour at most, and asks Entra once a minute at most', async () => {
    const { process, entra, log } = await signedIn();
    const tokens = process();
    await tokens({ renew: false });
    entra.revokeAll();
    advanceMinutes(61);
    const asked: number[] = [];
    for (let minute = 0; minute < 90; minute += 1) {
      for (let delivery = 0; delivery < 3; delivery += 1) {
        expect(String(await failureOf(tokens({ renew: false })))).toMatch(ENDED);
      }
      asked.push(entra.tokenRequests().length);
      advanceMinutes(1);
    }
    expect(log.entries.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'alarm'],
      ['error', 'alarm'],
    ]);
    expect(asked).toEqual(asked.map((_, minute) => minute + 1));
  });

  it('notices by itself when an administrator restored the sign-in', async () => {
    const { process, entra } = await signedIn();
    const tokens = process();
    entra.refusal = { status: 400, error: 'invalid_grant', number: 50057 };
    expect(String(await failureOf(tokens({ renew: true })))).toMatch(/has ended/);
    entra.refusal = undefined;
    advanceMinutes(2);
    expect(await tokens({ renew: true })).toBe('token-2');
  });
});

describe('nimbusTokens in trouble', () => {
  it('tells a network that does not answer from a sign-in that ended', async () => {
    const { process, entra, log } = await signedIn();
    const tokens = process();
    entra.before = () => {
      throw new Error('connect ECONNREFUSED');
    };
    const failure = await failureOf(tokens({ renew: true }));
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toBe('TransientError: no token for Nimbus: Entra could not be reached');
    entra.before = () => undefined;
    expect(await tokens({ renew: true })).toBe('token-2');
    expect(log.text).toBe('');
  });

  it.each([
    [503, 'temporarily_unavailable'],
    [500, 'server_error'],
    [429, 'too_many_requests'],
  ])('takes %i (%s) for a passing trouble', async (status, error) => {
    const { process, entra } = await signedIn();
    entra.refusal = { status, error, number: 90033 };
    expect(String(await failureOf(process()({ renew: true })))).toMatch(/Entra could not be reached$/);
  });

  it('says which settings to look at when Entra refuses the app', async () => {
    const { process, entra, log } = await signedIn();
    entra.refusal = { status: 401, error: 'invalid_client', number: 7000218 };
    expect(String(await failureOf(process()({ renew: true })))).toBe(
      'TransientError: Entra refuses the app registration for Nimbus (invalid_client, AADSTS7000218): ' +
        'check NIMBUS_CLIENT_ID, NIMBUS_TENANT_ID and NIMBUS_SCOPE',
    );
    expect(log.text).toBe('');
  });

  it('waits while the cache does not answer', async () => {
    const { process, cache } = await signedIn();
    cache.isDown = true;
    expect(String(await failureOf(process()({ renew: false })))).toBe('TransientError: the cache does not answer');
  });

  it('goes on when new tokens can not be saved, and saves them when it can', async () => {
    const { process, cache, log } = await signedIn({ singleUse: true });
    const tokens = process();
    cache.refusesWrites = true;
    expect([await tokens({ renew: true }), await tokens({ renew: true })]).toEqual(['token-2', 'token-3']);
    expect(cache.refreshToken).toBe('refresh-1');
    expect(log.text).toContain('warn the renewed sign-in could not be saved');
    cache.refusesWrites = false;
    expect(await tokens({ renew: true })).toBe('token-4');
    expect(cache.refreshToken).toBe('refresh-4');
    expect(await process()({ renew: true })).toBe('token-5');
  });

  it('lets no token and nothing that Entra said about people into an error or the log', async () => {
    const { process, entra, log, cache } = await signedIn();
    const failures: unknown[] = [];
    const refusals = ['invalid_grant', 'invalid_client', 'interaction_required', 'server_error', 'SECRET error!'];
    for (const error of refusals) {
      entra.refusal = { status: 400, error };
      failures.push(await failureOf(process()({ renew: true })));
    }
    entra.refusal = undefined;
    entra.revokeAll();
    failures.push(await failureOf(process()({ renew: true })));
    cache.refusesWrites = true;
    await process()({ renew: false });
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(TransientError);
      expect(String(failure)).not.toMatch(/mia@contoso/);
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/token-\d|refresh-\d/);
    }
    expect(log.text).not.toMatch(SECRET_TEXTS);
    expect(log.text).not.toMatch(/contoso/);
  });
});
