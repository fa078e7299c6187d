import type { TokenCredential } from '@azure/identity';
import { TransientError } from '../errors.ts';
import type { TokenSource } from './tokens.ts';

/**
 * The identity that the process runs under: the user-assigned managed identity with `clientId`, else what
 * DefaultAzureCredential finds. Its library is loaded with the first token, because most starts never need it.
 */
export function azureCredential(clientId: string | undefined): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= load(clientId);
      return (await credential).getToken(scopes, options);
    },
  };
}

async function load(clientId: string | undefined): Promise<TokenCredential> {
  const { openCredential } = await import('./open-credential.ts');
  return openCredential(clientId);
}

/** Tokens of `credential` for one scope; it caches and renews them by itself. */
export function credentialTokens(credential: TokenCredential, scope: string): TokenSource {
  return async () => {
    try {
      const result = await credential.getToken(scope);
      if (result === null) throw new Error('the credential gave no token');
      return result.token;
    } catch (cause) {
      throw new TransientError('no token from Entra for the managed identity: check that it is assigned', { cause });
    }
  };
}
