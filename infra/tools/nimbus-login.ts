import type { INetworkModule } from '@azure/msal-node';
import { signInByDeviceCode } from '../../shared/auth/device-code.ts';
import { openTokenCache, type TokenCacheOptions } from '../../shared/auth/token-cache.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { nimbusSettings } from './nimbus-settings.ts';
import { runTool } from './run-tool.ts';

export interface LoginOptions extends TokenCacheOptions {
  readonly print: (line: string) => void;
  /** In place of HTTP to Entra. */
  readonly network?: INetworkModule;
}

const TIMEOUT_MS = 15_000;

/**
 * Signs somebody in for Nimbus, keeps the sign-in where the bridge finds it, and tries it. True when Nimbus takes it.
 *
 * @throws ConfigurationError when settings or Entra stand against it. TransientError when Entra or the cache can't be reached.
 */
export async function login(
  environment: Readonly<Record<string, string | undefined>>,
  { print, network, ...cacheOptions }: LoginOptions,
): Promise<boolean> {
  const { baseUrl, signIn } = nimbusSettings(environment);
  if (signIn.kind === 'token') {
    throw new ConfigurationError('Nobody has to sign in', ['NIMBUS_TOKEN is set and goes first; remove it to sign in']);
  }
  const { account, accessToken } = await signInByDeviceCode(signIn, {
    cache: openTokenCache(signIn.tokenCache, cacheOptions),
    onCode: ({ url, userCode, validForSeconds }) =>
      print(
        `Open ${url} in a browser and enter the code ${userCode} within ${Math.floor(validForSeconds / 60)} minutes.`,
      ),
    ...(network && { network }),
  });
  print(`Signed in as ${account}. The sign-in is kept in ${signIn.tokenCache}.`);

  const status = await testConnection(baseUrl, accessToken, cacheOptions.fetch ?? fetch);
  print(meaning(status, baseUrl));
  return status === 200;
}

/** The status that Nimbus answers; undefined when it can't be reached. */
async function testConnection(baseUrl: string, token: string, fetchNimbus: typeof fetch): Promise<number | undefined> {
  try {
    const response = await fetchNimbus(`${baseUrl.replace(/\/+$/, '')}/v1/diagnostics/testconnection`, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

function meaning(status: number | undefined, baseUrl: string): string {
  switch (status) {
    case 200:
      return `${baseUrl} takes the sign-in (200): the bridge can call Nimbus.`;
    case 401:
      return `${baseUrl} does not take the token (401): check NIMBUS_SCOPE, and that this account belongs to NIMBUS_TENANT_ID and is a user of Nimbus.`;
    case 403:
      return `${baseUrl} knows the account, but lets it do nothing (403): give it a role in Nimbus (Tenant Admin covers every action).`;
    case undefined:
      return `${baseUrl} could not be reached: check NIMBUS_BASE_URL. The sign-in itself is done.`;
    default:
      return `${baseUrl} answered ${status} to the test, which says nothing about the sign-in: try again later, or check NIMBUS_BASE_URL.`;
  }
}

if (process.argv[1] === import.meta.filename) {
  await runTool((environment) => login(environment, { print: console.log }));
}
