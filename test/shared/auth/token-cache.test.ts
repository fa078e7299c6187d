import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openTokenCache, type TokenCache } from '../../../shared/auth/token-cache.ts';
import { ConfigurationError, TransientError } from '../../../shared/errors.ts';
import { FakeBlobStorage } from './fake-blob-storage.ts';
import { FakeKeyVault } from './fake-key-vault.ts';

const scopes: unknown[] = [];

const credential = {
  getToken: async (scope: unknown) => {
    scopes.push(scope);
    return { token: 'azure-token', expiresOnTimestamp: 0 };
  },
};

function keyVault(): { cache: TokenCache; azure: FakeKeyVault; overwrite: (text: string) => void } {
  const azure = new FakeKeyVault();
  const cache = openTokenCache(azure.url, { fetch: azure.fetch, credential });
  return { cache, azure, overwrite: (text) => void azure.versions.push(text) };
}

function blob(): { cache: TokenCache; azure: FakeBlobStorage; overwrite: (text: string) => void } {
  const azure = new FakeBlobStorage();
  const cache = openTokenCache(azure.url, { fetch: azure.fetch, credential });
  return { cache, azure, overwrite: (text) => azure.overwrite(text) };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

describe.each([
  ['Key Vault', keyVault, 'https://vault.azure.net/.default'],
  ['blob', blob, 'https://storage.azure.com/.default'],
] as const)('a token cache in a %s', (_name, make, scope) => {
  it('is empty at first, then keeps what was written', async () => {
    const { cache } = make();
    expect(await cache.read()).toBeUndefined();
    const version = await cache.write('{"a":1}', undefined);
    expect(await cache.read()).toEqual({ text: '{"a":1}', version });
    const next = await cache.write('{"a":2}', version);
    expect(next).not.toBe(version);
    expect(await cache.read()).toEqual({ text: '{"a":2}', version: next });
  });

  it('does not write onto what somebody else wrote', async () => {
    const { cache, overwrite } = make();
    const version = await cache.write('first', undefined);
    overwrite('theirs');
    expect(await cache.write('ours', version)).toBeUndefined();
    expect(await cache.write('ours', undefined)).toBeUndefined();
    expect((await cache.read())?.text).toBe('theirs');
  });

  it('signs in to Azure for the service it uses', async () => {
    scopes.length = 0;
    await make().cache.read();
    expect(scopes).toEqual([scope]);
  });

  it('says which role is missing, and nothing of what the service said', async () => {
    const { cache, azure } = make();
    azure.refusal = { status: 403, code: 'Forbidden' };
    for (const attempt of [cache.read(), cache.write('x', undefined)]) {
      const failure = await failureOf(attempt);
      expect(failure).toBeInstanceOf(TransientError);
      expect(String(failure)).toMatch(/answered 403 \(Forbidden\) .*give the identity the role ".+"/);
      expect(String(failure)).not.toContain('SECRET');
    }
  });

  it('waits when the service can not be reached or is overloaded', async () => {
    const { cache, azure } = make();
    azure.refusal = { status: 503, code: 'ServerBusy' };
    expect(await failureOf(cache.read())).toMatchObject({ name: 'TransientError', httpStatus: 503 });
    azure.before = () => {
      throw new TypeError('fetch failed');
    };
    expect(await failureOf(cache.read())).toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(/could not be reached$/),
    });
  });
});

describe('a token cache in a Key Vault', () => {
  it('says so when an answer is no secret, without quoting it', async () => {
    const cache = openTokenCache('https://contoso.vault.azure.net/secrets/x', {
      fetch: async () => new Response('{"value":"SECRET-4711"'),
      credential,
    });
    const failure = await failureOf(cache.read());
    expect(failure).toBeInstanceOf(TransientError);
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('SECRET');
  });
});

describe('a token cache in a blob', () => {
  it('lets the service decide who is first', async () => {
    const { cache, azure } = blob();
    const version = await cache.write('first', undefined);
    azure.before = (request) => {
      if (request.method === 'PUT') azure.overwrite('theirs');
    };
    expect(await cache.write('ours', version)).toBeUndefined();
    expect(azure.blob?.text).toBe('theirs');
  });

  it('says that the container has to be made', async () => {
    const { cache, azure } = blob();
    azure.hasContainer = false;
    expect(await cache.read()).toBeUndefined();
    expect(String(await failureOf(cache.write('x', undefined)))).toContain(
      'create the container in NIMBUS_TOKEN_CACHE',
    );
  });
});

describe('openTokenCache', () => {
  it.each([
    'https://contoso.vault.azure.net/keys/x',
    'https://contoso.vault.azure.net/secrets/x/0123',
    'http://contoso.vault.azure.net/secrets/x',
    'https://contoso.blob.core.windows.net/container',
    'https://contoso.blob.core.windows.net/container/blob?sv=2024&sig=SECRET',
    'https://vault.azure.net.example.com/secrets/x',
    'https://example.com/secrets/x',
  ])('takes no other address: %s', (address) => {
    expect(() => openTokenCache(address)).toThrow(ConfigurationError);
    expect(() => openTokenCache(address)).toThrow(/NIMBUS_TOKEN_CACHE: expected .*vault\.azure\.net/s);
    expect(() => openTokenCache(address)).not.toThrow(/SECRET/);
  });
});
