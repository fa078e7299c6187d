import type { TokenCredential } from '@azure/identity';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { azureCredential, credentialTokens } from '../../../shared/auth/azure-credential.ts';
import { TransientError } from '../../../shared/errors.ts';

const made: string[] = [];
const asked: unknown[] = [];

vi.mock('@azure/identity', () => {
  const getToken = async (...given: unknown[]) => {
    asked.push(given);
    return { token: 'token-1', expiresOnTimestamp: 0 };
  };
  return {
    DefaultAzureCredential: class {
      getToken = getToken;
      constructor(...given: unknown[]) {
        made.push(`default ${JSON.stringify(given)}`);
      }
    },
    ManagedIdentityCredential: class {
      getToken = getToken;
      constructor(...given: unknown[]) {
        made.push(`managed ${JSON.stringify(given)}`);
      }
    },
  };
});

afterEach(() => {
  made.length = 0;
  asked.length = 0;
});

describe('azureCredential', () => {
  it('is made when the first token is needed, and then kept', async () => {
    const credential = azureCredential(undefined);
    expect(made).toEqual([]);
    const options = { tenantId: 'x' };
    await Promise.all([credential.getToken('scope-1', options), credential.getToken(['scope-2'])]);
    expect(made).toEqual(['default []']);
    expect(asked).toEqual([
      ['scope-1', options],
      [['scope-2'], undefined],
    ]);
  });

  it('is the managed identity that the settings name', async () => {
    expect(await azureCredential('client-1').getToken('scope-1')).toEqual({ token: 'token-1', expiresOnTimestamp: 0 });
    expect(made).toEqual(['managed [{"clientId":"client-1"}]']);
  });
});

describe('credentialTokens', () => {
  const of = (getToken: TokenCredential['getToken']) => credentialTokens({ getToken }, 'https://demo.example/.default');

  it('asks for its scope each time: the credential keeps tokens itself', async () => {
    const scopes: unknown[] = [];
    const tokens = of(async (scope) => {
      scopes.push(scope);
      return { token: `token-${scopes.length}`, expiresOnTimestamp: 0 };
    });
    expect(await tokens({ renew: false })).toBe('token-1');
    expect(await tokens({ renew: true })).toBe('token-2');
    expect(scopes).toEqual(['https://demo.example/.default', 'https://demo.example/.default']);
  });

  it.each<[string, TokenCredential['getToken']]>([
    ['there is none', async () => null],
    ['it can not be had', () => Promise.reject(new Error('ManagedIdentityCredential: SECRET-4711'))],
  ])('waits when %s, and says what to look at', async (_what, getToken) => {
    const failure = await of(getToken)({ renew: false }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toBe(
      'TransientError: no token from Entra for the managed identity: check that it is assigned',
    );
  });
});
