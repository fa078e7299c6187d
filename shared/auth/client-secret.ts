import type { ConfidentialClientApplication, INetworkModule } from '@azure/msal-node';
import { TransientError } from '../errors.ts';
import type { TokenSource } from './tokens.ts';

export interface ClientSecretOptions {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** In place of MSAL's own HTTP client. */
  readonly network?: INetworkModule;
}

/**
 * Tokens of an Entra app registration that signs in with its secret (client credentials); MSAL caches them. It is loaded with
 * the first token.
 */
export function clientSecretTokens(options: ClientSecretOptions): TokenSource {
  let application: Promise<ConfidentialClientApplication> | undefined;
  return async ({ renew }) => {
    try {
      application ??= load(options);
      const result = await (await application).acquireTokenByClientCredential({
        scopes: [options.scope],
        skipCache: renew,
      });
      if (result === null) throw new Error('Entra gave no token');
      return result.accessToken;
    } catch (cause) {
      throw new TransientError('no token from Entra for the app registration: check its id and secret', { cause });
    }
  };
}

async function load(options: ClientSecretOptions): Promise<ConfidentialClientApplication> {
  const { ConfidentialClientApplication } = await import('@azure/msal-node');
  return new ConfidentialClientApplication({
    auth: {
      clientId: options.clientId,
      clientSecret: options.clientSecret,
      authority: `https://login.microsoftonline.com/${options.tenantId}`,
    },
    ...(options.network && { system: { networkClient: options.network } }),
  });
}
