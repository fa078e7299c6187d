import { AuthError, type INetworkModule, PublicClientApplication } from '@azure/msal-node';
import type { NimbusSignInConfig } from '../config.ts';
import { ConfigurationError, TransientError } from '../errors.ts';
import * as z from '../zod.ts';
import { entraNetwork } from './entra-network.ts';
import type { TokenCache } from './token-cache.ts';
import { signInPlugin } from './token-cache-plugin.ts';

/** What a person needs in order to sign in with a browser on any device. */
export interface DeviceCode {
  readonly url: string;
  readonly userCode: string;
  readonly validForSeconds: number;
}

export interface DeviceCodeOptions {
  readonly cache: TokenCache;
  readonly onCode: (code: DeviceCode) => void;
  /** In place of HTTP to Entra. */
  readonly network?: INetworkModule;
}

export interface SignedIn {
  /** Name of the account, such as `bridge@contoso.example`. */
  readonly account: string;
  readonly accessToken: string;
}

const refusal = z.object({
  error: z.string().check(z.regex(/^\w{1,40}$/)),
  error_codes: z.optional(z.array(z.number())),
});

type Refusal = z.infer<typeof refusal>;

const deviceCodeAnswer = z.object({
  userCode: z.string(),
  verificationUri: z.string(),
  expiresIn: z.number(),
});

const TOO_LATE = 'the code was not used in time; start again';

/** What to do about the refusals that a set-up runs into. */
const HINTS: Readonly<Record<string, string>> = {
  invalid_client:
    'open the app registration in Entra, page Authentication, and set "Allow public client flows" to Yes: ' +
    'this kind of sign-in is for public clients, and NIMBUS_CLIENT_SECRET plays no part in it',
  unauthorized_client: 'check NIMBUS_CLIENT_ID and NIMBUS_TENANT_ID',
  invalid_scope: 'check NIMBUS_SCOPE, and that the app registration has the permission for it',
  invalid_resource: 'check NIMBUS_SCOPE, and that the app registration has the permission for it',
  authorization_declined: 'somebody declined the sign-in; start again',
  expired_token: TOO_LATE,
};

/**
 * Signs a person in by the device-code flow (RFC 8628), and leaves the sign-in in the cache.
 *
 * The client is a public one: MSAL offers the flow to no other, and sends no secret in it.
 *
 * @throws ConfigurationError when Entra refuses. TransientError when Entra or the cache can't be reached.
 */
export async function signInByDeviceCode(config: NimbusSignInConfig, options: DeviceCodeOptions): Promise<SignedIn> {
  let refused: Refusal | undefined;
  const network = noticing(options.network ?? entraNetwork(), (answer) => {
    refused = answer;
  });
  const application = new PublicClientApplication({
    auth: { clientId: config.clientId, authority: config.authority },
    cache: { cachePlugin: signInPlugin(options.cache) },
    system: { networkClient: network },
  });
  try {
    const result = await application.acquireTokenByDeviceCode({
      scopes: [config.scope],
      deviceCodeCallback: (answer) => {
        // MSAL hands a refusal on as if it were a code.
        const { userCode, verificationUri, expiresIn } = z.parse(deviceCodeAnswer, answer);
        options.onCode({ url: verificationUri, userCode, validForSeconds: expiresIn });
      },
    });
    if (result === null) throw new Error('MSAL gave no token');
    return { account: result.account?.username ?? 'an account without a name', accessToken: result.accessToken };
  } catch (cause) {
    if (cause instanceof TransientError) throw cause;
    if (refused !== undefined) throw new ConfigurationError('Entra refused the sign-in', [describe(refused)]);
    if (cause instanceof AuthError && cause.errorCode === 'device_code_expired') {
      throw new ConfigurationError('Nobody signed in', [TOO_LATE]);
    }
    throw new TransientError('no sign-in: Entra could not be reached', { cause });
  }
}

function describe({ error, error_codes: [number] = [] }: Refusal): string {
  const code = number === undefined ? error : `${error}, AADSTS${number}`;
  return `${code}: ${HINTS[error] ?? 'look the number up at https://login.microsoftonline.com/error'}`;
}

/** Tells of every refusal but the one that only means "not yet"; MSAL's errors leave Entra's number out. */
function noticing(network: INetworkModule, onRefusal: (answer: Refusal) => void): INetworkModule {
  return {
    sendGetRequestAsync: (url, options) => network.sendGetRequestAsync(url, options),
    async sendPostRequestAsync<T>(url: string, options?: Parameters<INetworkModule['sendPostRequestAsync']>[1]) {
      const answer = await network.sendPostRequestAsync<T>(url, options);
      const found = z.safeParse(refusal, answer.body);
      if (found.success && found.data.error !== 'authorization_pending') onRefusal(found.data);
      return answer;
    },
  };
}
