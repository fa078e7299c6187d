import { describe, expect, it } from 'vitest';
import { clientSecretTokens } from '../../../shared/auth/client-secret.ts';
import { TransientError } from '../../../shared/errors.ts';
import { AUTHORITY, SimulatedEntra, TENANT } from '../../helpers/simulated-entra.ts';

const app = {
  tenantId: TENANT,
  clientId: 'client-1',
  clientSecret: 'secret-1',
  scope: 'https://demo.example/.default',
};

describe('clientSecretTokens', () => {
  it('signs in as the app, for its scope, at its tenant', async () => {
    const entra = new SimulatedEntra();
    const tokens = clientSecretTokens({ ...app, network: entra.network });
    expect(await tokens({ renew: false })).toBe('token-1');
    const [request, ...more] = entra.tokenRequests();
    expect(more).toEqual([]);
    expect(request?.url).toMatch(new RegExp(`^${AUTHORITY}/oauth2/v2\\.0/token`));
    expect(request?.form).toMatchObject({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      client_secret: 'secret-1',
      scope: 'https://demo.example/.default',
    });
  });

  it('asks for nothing before the first token is needed', () => {
    const entra = new SimulatedEntra();
    clientSecretTokens({ ...app, network: entra.network });
    expect(entra.asked).toEqual([]);
  });

  it('keeps a token until a new one is asked for, and then keeps that', async () => {
    const entra = new SimulatedEntra();
    const tokens = clientSecretTokens({ ...app, network: entra.network });
    const got = [];
    for (const renew of [false, false, true, false]) got.push(await tokens({ renew }));
    expect(got).toEqual(['token-1', 'token-1', 'token-2', 'token-2']);
    expect(entra.tokenRequests()).toHaveLength(2);
  });

  it.each([
    [400, 'invalid_request'],
    [401, 'invalid_client'],
    [503, 'temporarily_unavailable'],
  ])('waits after %i (%s) for somebody to look at it, and says what to look at', async (status, error) => {
    const tokens = clientSecretTokens({ ...app, network: new SimulatedEntra({ refusal: { status, error } }).network });
    const failure = await tokens({ renew: false }).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toBe(
      'TransientError: no token from Entra for the app registration: check its id and secret',
    );
  });

  it('tries again after a failure', async () => {
    const entra = new SimulatedEntra();
    entra.before = () => {
      throw new Error('connect ECONNREFUSED');
    };
    const tokens = clientSecretTokens({ ...app, network: entra.network });
    await expect(tokens({ renew: false })).rejects.toBeInstanceOf(TransientError);
    entra.before = () => undefined;
    expect(await tokens({ renew: false })).toBe('token-1');
  });

  it('takes settings that no tenant can have as a failure to sign in, not as a crash', async () => {
    const tokens = clientSecretTokens({ ...app, clientSecret: '', network: new SimulatedEntra().network });
    await expect(tokens({ renew: false })).rejects.toBeInstanceOf(TransientError);
  });
});
