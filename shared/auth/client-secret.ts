import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
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

/** Tokens of an Entra app registration that signs in with its secret (client credentials); MSAL caches them. */
export function clientSecretTokens(options: ClientSecretOptions): TokenSource {
  let application: ConfidentialClientApplication | undefined;
  return async ({ renew }) => {
    try {
      application ??= new ConfidentialClientApplication({
        auth: {
          clientId: options.clientId,
          clientSecret: options.clientSecret,
          authority: `https://login.microsoftonline.com/${options.tenantId}`,
        },
        ...(options.network && { system: { networkClient: options.network } }),
      });
      const result = await application.acquireTokenByClientCredential({ scopes: [options.scope], skipCache: renew });
      if (result === null) throw new Error('Entra gave no token');
      return result.accessToken;
    } catch (cause) {
      throw new TransientError('no token from Entra for the app registration: check its id and secret', { cause });
    }
  };
}
