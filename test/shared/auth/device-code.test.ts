import { describe, expect, it } from 'vitest';
import { type DeviceCode, signInByDeviceCode } from '../../../shared/auth/device-code.ts';
import { ConfigurationError, TransientError } from '../../../shared/errors.ts';
import { AUTHORITY, SimulatedEntra } from '../../helpers/simulated-entra.ts';
import { MemoryTokenCache } from './memory-token-cache.ts';

const config = {
  kind: 'delegated',
  authority: AUTHORITY,
  clientId: 'client-1',
  scope: 'api/.default',
  tokenCache: 'unused',
} as const;

function attempt(entra: SimulatedEntra, cache = new MemoryTokenCache()) {
  const codes: DeviceCode[] = [];
  const signedIn = signInByDeviceCode(config, { cache, network: entra.network, onCode: (code) => codes.push(code) });
  return { codes, cache, signedIn };
}

describe('signInByDeviceCode', () => {
  it('shows the code, waits for the person, and keeps the sign-in', async () => {
    const entra = new SimulatedEntra({ pendingPolls: 2 });
    const { codes, cache, signedIn } = attempt(entra);
    expect(await signedIn).toEqual({ account: 'bridge@contoso.example', accessToken: 'token-1' });
    expect(codes).toEqual([{ url: 'https://microsoft.com/devicelogin', userCode: 'ABCD-EFGH', validForSeconds: 900 }]);
    expect(entra.tokenRequests()).toHaveLength(3);
    expect(cache.refreshToken).toBe('refresh-1');
  });

  it('is a public client: it asks with its id and scope alone', async () => {
    const entra = new SimulatedEntra();
    await attempt(entra).signedIn;
    expect(entra.tokenRequests()[0]?.form).not.toHaveProperty('client_secret');
    expect(entra.asked.find(({ url }) => url.includes('/devicecode'))?.form).toMatchObject({
      client_id: 'client-1',
      scope: expect.stringContaining('api/.default'),
    });
  });

  it('takes the place of an earlier sign-in, whoever it was', async () => {
    const cache = new MemoryTokenCache();
    const entra = new SimulatedEntra();
    await attempt(entra, cache).signedIn;
    entra.account = { oid: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'new@contoso.example' };
    await attempt(entra, cache).signedIn;
    expect(cache.kept?.text).not.toContain('bridge@contoso.example');
    expect(cache.refreshToken).toBe('refresh-2');
  });

  it('wins against a process that saves at the same moment', async () => {
    class BusyCache extends MemoryTokenCache {
      override async read() {
        const found = await super.read();
        if (this.reads < 3) this.overwrite(`theirs ${this.reads}`);
        return found;
      }
    }
    const cache = new BusyCache();
    await attempt(new SimulatedEntra(), cache).signedIn;
    expect(cache.refreshToken).toBe('refresh-1');
    expect(cache.reads).toBe(3);
  });

  it.each([
    ['invalid_client', 7000218, 'set "Allow public client flows" to Yes'],
    ['unauthorized_client', 700016, 'check NIMBUS_CLIENT_ID and NIMBUS_TENANT_ID'],
    ['invalid_scope', 70011, 'check NIMBUS_SCOPE'],
    ['authorization_declined', 70000, 'start again'],
    ['expired_token', 70020, 'start again'],
    ['access_denied', 90099, 'https://login.microsoftonline.com/error'],
  ])('says what to do about %s', async (error, number, hint) => {
    const { signedIn, codes, cache } = attempt(new SimulatedEntra({ refusal: { status: 400, error, number } }));
    const failure = await signedIn.catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toContain(`${error}, AADSTS${number}: `);
    expect(String(failure)).toContain(hint);
    expect([codes, cache.kept]).toEqual([[], undefined]);
  });

  it('says so when somebody declines after the code was shown', async () => {
    const entra = new SimulatedEntra({ pendingPolls: 1 });
    entra.after = () => {
      entra.refusal = { status: 400, error: 'authorization_declined', number: 70000 };
    };
    const { signedIn, codes } = attempt(entra);
    await expect(signedIn).rejects.toThrow('somebody declined the sign-in');
    expect(codes).toHaveLength(1);
  });

  it('tells a network that does not answer from a refusal', async () => {
    const entra = new SimulatedEntra();
    entra.before = () => {
      throw new Error('connect ECONNREFUSED');
    };
    const failure = await attempt(entra).signedIn.catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toBe('TransientError: no sign-in: Entra could not be reached');
  });

  it('fails when the sign-in can not be kept', async () => {
    const cache = new MemoryTokenCache();
    cache.refusesWrites = true;
    await expect(attempt(new SimulatedEntra(), cache).signedIn).rejects.toThrow('the cache does not answer');
  });
});
