import { setTimeout as delay } from 'node:timers/promises';
import type { AuthenticationResult, INetworkModule } from '@azure/msal-node';
import type { NimbusSignInConfig } from '../config.ts';
import { TransientError } from '../errors.ts';
import { type Log, processLog } from '../log.ts';
import { entraNetwork } from './entra-network.ts';
import { signInAlarm } from './sign-in-alarm.ts';
import { openTokenCache, type TokenCache } from './token-cache.ts';
import { refreshPlugin } from './token-cache-plugin.ts';
import type { TokenSource } from './tokens.ts';

export interface NimbusTokensOptions {
  /** In place of HTTP to Entra. */
  readonly network?: INetworkModule;
  /** In place of the cache that the settings name. */
  readonly cache?: TokenCache;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly log?: Pick<Log, 'warn' | 'error'>;
}

/** A token this close to its end could end on the way; MSAL renews as early. */
const MARGIN_MS = 300_000;

/** How long another process may take between getting new tokens and saving them. */
const SAVING_POLLS_MS = [0, 100, 400, 1_500];

/** An ended sign-in is tried again without a new one after that long, because an administrator can restore it too. */
const ASK_AGAIN_AFTER_MS = 60_000;

const REFUSALS_OF_THE_APP = /^(invalid_client|unauthorized_client|invalid_scope|invalid_request|invalid_resource)$/;

/**
 * Tokens for a user who signed in once by `npm run nimbus:login`, renewed silently by any number of processes.
 *
 * It is a public client even where a client secret is set: refresh tokens from the device-code flow belong to a public
 * client, and Entra refuses a secret beside them (AADSTS700025).
 *
 * @throws ConfigurationError at once when `tokenCache` names no place to keep tokens. A sign-in that is missing or was
 * ended, an app registration that Entra refuses, and an Entra that does not answer are TransientErrors of the token
 * source, each with its own text.
 */
export function nimbusTokens(config: NimbusSignInConfig, options: NimbusTokensOptions = {}): TokenSource {
  const { clock = Date.now, sleep = delay, log = processLog, network = entraNetwork() } = options;
  const cache = options.cache ?? openTokenCache(config.tokenCache);
  const plugin = refreshPlugin(cache, log);
  const alarm = signInAlarm(clock, log);
  let current: { readonly token: string; readonly endsAtMs: number } | undefined;
  let ended: { readonly error: TransientError; readonly reason: string; readonly atMs: number } | undefined;
  let underWay: { readonly renew: boolean; readonly token: Promise<string> } | undefined;

  /** A new application each time, because MSAL mixes what it read before into what it reads. */
  async function askMsal(forceRefresh: boolean): Promise<AuthenticationResult | undefined> {
    const { PublicClientApplication } = await loadMsal();
    const application = new PublicClientApplication({
      auth: { clientId: config.clientId, authority: config.authority },
      cache: { cachePlugin: plugin },
      system: { networkClient: network },
    });
    const [account] = await application.getTokenCache().getAllAccounts();
    return account && application.acquireTokenSilent({ account, scopes: [config.scope], forceRefresh });
  }

  /** Where the refresh token was used up by another process, that one's tokens are taken as soon as they are saved. */
  async function askMsalAmongOthers(renew: boolean): Promise<AuthenticationResult | undefined> {
    try {
      return await askMsal(renew);
    } catch (error) {
      if (!isEnded(error, await loadMsal())) throw error;
      for (const pauseMs of SAVING_POLLS_MS) {
        await sleep(pauseMs);
        if (await plugin.isOutdated()) return askMsal(false);
      }
      throw error;
    }
  }

  function signInNeeded(what: string, reason: string): TransientError {
    alarm(reason);
    const error = new TransientError(`${what}: run "npm run nimbus:login"; until then deliveries to Nimbus wait`);
    ended = { error, reason, atMs: clock() };
    return error;
  }

  async function acquire(renew: boolean): Promise<string> {
    if (ended !== undefined && clock() - ended.atMs < ASK_AGAIN_AFTER_MS && !(await plugin.isOutdated())) {
      alarm(ended.reason);
      throw ended.error;
    }
    let result: AuthenticationResult | undefined;
    try {
      result = await askMsalAmongOthers(renew);
    } catch (error) {
      if (error instanceof TransientError) throw error;
      const msal = await loadMsal();
      const code = codeOf(error, msal);
      if (isEnded(error, msal)) throw signInNeeded(`the sign-in for Nimbus has ended (${code})`, code);
      if (error instanceof msal.AuthError && REFUSALS_OF_THE_APP.test(error.errorCode)) {
        throw new TransientError(
          `Entra refuses the app registration for Nimbus (${code}): check NIMBUS_CLIENT_ID, NIMBUS_TENANT_ID and NIMBUS_SCOPE`,
        );
      }
      throw new TransientError('no token for Nimbus: Entra could not be reached', { cause: error });
    }
    if (result === undefined) throw signInNeeded('nobody has signed in for Nimbus', 'missing');
    ended = undefined;
    current = { token: result.accessToken, endsAtMs: result.expiresOn?.getTime() ?? clock() };
    return current.token;
  }

  /** One at a time: each takes its turn at the cache, and whoever asks meanwhile shares its outcome. */
  function acquireInTurn(renew: boolean): Promise<string> {
    const before = underWay?.token.catch(() => undefined) ?? Promise.resolve();
    const token = before.then(() => acquire(renew));
    const turn = { renew, token };
    underWay = turn;
    const done = () => {
      if (underWay === turn) underWay = undefined;
    };
    token.then(done, done);
    return token;
  }

  return async ({ renew }) => {
    if (underWay !== undefined && (underWay.renew || !renew)) return underWay.token;
    if (!renew && current !== undefined && current.endsAtMs - clock() > MARGIN_MS) return current.token;
    return acquireInTurn(renew);
  };
}

type Msal = Awaited<ReturnType<typeof loadMsal>>;

/** Loaded when it is needed: a start must not wait for it. */
function loadMsal() {
  return import('@azure/msal-node');
}

/** Only a person can help. MSAL has a class of its own for part of what Entra says so with. */
function isEnded(error: unknown, { InteractionRequiredAuthError, ServerError }: Msal): boolean {
  return (
    error instanceof InteractionRequiredAuthError ||
    (error instanceof ServerError && error.errorCode === 'invalid_grant')
  );
}

/** The OAuth error, and Entra's number where it gave one; descriptions can hold names of users. */
function codeOf(error: unknown, { AuthError }: Msal): string {
  if (!(error instanceof AuthError) || !/^\w{1,40}$/.test(error.errorCode)) return 'unknown';
  const number = 'errorNo' in error ? String(error.errorNo) : '';
  return /^\d{1,9}$/.test(number) ? `${error.errorCode}, AADSTS${number}` : error.errorCode;
}
