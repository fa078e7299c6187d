import type { TokenCredential } from '@azure/identity';
import { TransientError } from '../errors.ts';
import * as z from '../zod.ts';
import { azureRest } from './azure-rest.ts';
import type { CachedText, TokenCache } from './token-cache.ts';

const API_VERSION = '7.4';

const secretBundle = z.pipe(
  z.transform((text: string): unknown => JSON.parse(text)),
  z.object({ value: z.string(), id: z.string() }),
);

const problem = z.object({ error: z.object({ code: z.string().check(z.regex(/^\w{1,60}$/)) }) });

/**
 * Keeps the text as a Key Vault secret; every write makes a new version of it, about one an hour.
 *
 * Key Vault has no conditional write (https://learn.microsoft.com/rest/api/keyvault/secrets/set-secret), so the version is
 * compared just before. Two processes that write within the same round trip can still cross. Entra forgives that,
 * because it does not revoke a refresh token that was used; a blob rules it out.
 */
export function keyVaultTokenCache(
  secretUrl: string,
  options: { readonly fetch: typeof fetch; readonly credential: TokenCredential },
): TokenCache {
  const send = azureRest({ ...options, service: 'Key Vault', scope: 'https://vault.azure.net/.default' });
  const url = `${secretUrl}?api-version=${API_VERSION}`;

  async function read(): Promise<CachedText | undefined> {
    const { status, text } = await send('GET', url);
    if (status === 200) return bundle(text);
    if (status === 404) return undefined;
    throw refusal('read', status, text);
  }

  return {
    read,
    async write(value, version) {
      if ((await read())?.version !== version) return undefined;
      const { status, text } = await send('PUT', url, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ value, contentType: 'application/json' }),
      });
      if (status === 200) return bundle(text).version;
      throw refusal('write', status, text);
    },
  };
}

/** The id of a secret ends with its version. */
function bundle(text: string): CachedText {
  try {
    const { value, id } = z.parse(secretBundle, text);
    return { text: value, version: id };
  } catch {
    // Without the cause: it would quote the secret.
    throw new TransientError('the Key Vault with the sign-in gave an answer that is not a secret');
  }
}

function refusal(verb: 'read' | 'write', status: number, text: string): TransientError {
  const rights = `give the identity the role "Key Vault Secrets Officer" on the secret in NIMBUS_TOKEN_CACHE`;
  const hint = status === 401 || status === 403 ? `: ${rights}` : '';
  return new TransientError(`the Key Vault answered ${status}${codeOf(text)} to "${verb} the sign-in"${hint}`, {
    httpStatus: status,
  });
}

function codeOf(text: string): string {
  try {
    return ` (${z.parse(problem, JSON.parse(text)).error.code})`;
  } catch {
    return '';
  }
}
