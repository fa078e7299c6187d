import type { INetworkModule, NetworkResponse } from '@azure/msal-node';
import { describe, expect, it } from 'vitest';
import { clientSecretTokens } from '../../../shared/auth/client-secret.ts';
import { TransientError } from '../../../shared/errors.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const AUTHORITY = `https://login.microsoftonline.com/${TENANT}`;

/** Entra as MSAL meets it: discovery, and a token endpoint that numbers its tokens. */
function simulatedEntra(refusal?: { status: number; error: string }) {
  const asked: { url: string; form: Record<string, string> }[] = [];
  let tokens = 0;
  const answer = <T>(status: number, body: unknown): NetworkResponse<T> => ({
    status,
    headers: {},
    body: JSON.parse(JSON.stringify(body)),
  });
  const network: INetworkModule = {
    async sendGetRequestAsync<T>(url: string) {
      asked.push({ url, form: {} });
      if (url.includes('/discovery/instance')) {
        const aliases = ['login.microsoftonline.com'];
        const [host] = aliases;
        return answer<T>(200, {
          tenant_discovery_endpoint: `${AUTHORITY}/v2.0/.well-known/openid-configuration`,
          metadata: [{ preferred_network: host, preferred_cache: host, aliases }],
        });
      }
      return answer<T>(200, {
        token_endpoint: `${AUTHORITY}/oauth2/v2.0/token`,
        authorization_endpoint: `${AUTHORITY}/oauth2/v2.0/authorize`,
        issuer: `${AUTHORITY}/v2.0`,
        jwks_uri: `${AUTHORITY}/discovery/v2.0/keys`,
      });
    },
    async sendPostRequestAsync<T>(url: string, options?: { body?: string }) {
      asked.push({ url, form: Object.fromEntries(new URLSearchParams(options?.body)) });
      if (refusal !== undefined) {
        return answer<T>(refusal.status, {
          error: refusal.error,
          error_description: 'AADSTS7000215: Invalid client secret provided: SECRET-4711',
          error_codes: [7000215],
        });
      }
      tokens += 1;
      return answer<T>(200, { token_type: 'Bearer', expires_in: 3599, access_token: `token-${tokens}` });
    },
  };
  return { network, asked, tokenRequests: () => asked.filter(({ url }) => url.includes('/oauth2/v2.0/token')) };
}

const app = {
  tenantId: TENANT,
  clientId: 'client-1',
  clientSecret: 'secret-1',
  scope: 'https://demo.example/.default',
};

describe('clientSecretTokens', () => {
  it('signs in as the app, for its scope, at its tenant', async () => {
    const entra = simulatedEntra();
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
    const entra = simulatedEntra();
    clientSecretTokens({ ...app, network: entra.network });
    expect(entra.asked).toEqual([]);
  });

  it('keeps a token until a new one is asked for, and then keeps that', async () => {
    const entra = simulatedEntra();
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
    const tokens = clientSecretTokens({ ...app, network: simulatedEntra({ status, error }).network });
    const failure = await tokens({ renew: false }).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toBe(
      'TransientError: no token from Entra for the app registration: check its id and secret',
    );
  });

  it('tries again after a failure', async () => {
    const broken = simulatedEntra();
    let isDown = true;
    const network: INetworkModule = {
      sendGetRequestAsync: (url, options) => broken.network.sendGetRequestAsync(url, options),
      sendPostRequestAsync: (url, options) =>
        isDown ? Promise.reject(new Error('connect ECONNREFUSED')) : broken.network.sendPostRequestAsync(url, options),
    };
    const tokens = clientSecretTokens({ ...app, network });
    await expect(tokens({ renew: false })).rejects.toBeInstanceOf(TransientError);
    isDown = false;
    expect(await tokens({ renew: false })).toBe('token-1');
  });

  it('takes settings that no tenant can have as a failure to sign in, not as a crash', async () => {
    const tokens = clientSecretTokens({ ...app, clientSecret: '', network: simulatedEntra().network });
    await expect(tokens({ renew: false })).rejects.toBeInstanceOf(TransientError);
  });
});
