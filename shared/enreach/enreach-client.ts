import { createHttpClient, type HttpClient, type HttpRequest } from '../destinations/http-client.ts';
import { PermanentError } from '../errors.ts';
import type * as z from '../zod.ts';
import { queuesSchema, rteTokenSchema, signInSchema, userSchema } from './answers.ts';
import { discoverApi, type EnreachNetwork } from './discover-api.ts';
import { createHoldBack } from './hold-back.ts';
import { parseAnswer } from './parse-answer.ts';
import { rteUrl } from './rte-url.ts';

/** The key that was issued for API use, or the password that gets one. */
export type EnreachSecret =
  | { readonly kind: 'secretKey'; readonly secretKey: string }
  | { readonly kind: 'password'; readonly password: string };

export interface EnreachClientOptions extends EnreachNetwork {
  /** Where to ask for the API's address; it must not be hard-coded. With or without `/api/user`. */
  readonly discoveryUrl: string;
  readonly username: string;
  readonly secret: EnreachSecret;
}

export interface EnreachQueue {
  /** GUID, lower case. */
  readonly id: string;
  /** As EnreachAPI gives it (`OpenStatus`, `QueueLength`, …); undefined where it gives none. */
  readonly status: Readonly<Record<string, unknown>> | undefined;
}

/** What opens one connection to the RTE hub. The token is checked when the connection opens and expires soon. */
export interface RteAccess {
  readonly url: string;
  readonly token: string;
}

/**
 * The part of EnreachAPI that leads to the RTE hub. Signs in when it is first used, and again when that stops working.
 * Every call may throw PermanentError (wrong credentials among them), TransientError, or ConfigurationError (no such user).
 * For as long as EnreachAPI has asked to wait by `Retry-After`, the same call fails at once, and nothing is sent.
 *
 * EnreachAPI documents no way to read the status of a user.
 */
export interface EnreachClient {
  /** GUID of the user who signs in, lower case. */
  ownUserId(): Promise<string>;
  queuesOf(userId: string): Promise<readonly EnreachQueue[]>;
  /** A fresh token at each call. */
  rteAccess(): Promise<RteAccess>;
}

/** What a sign-in led to. */
interface SignedIn {
  readonly apiUrl: string;
  readonly send: HttpClient;
  readonly userId: string;
}

export function createEnreachClient(options: EnreachClientOptions): EnreachClient {
  let current: Promise<SignedIn> | undefined;
  const holdBack = createHoldBack(options.clock);
  const signInAnew = () => holdBack('sign in', () => signIn(options));

  /** With the sign-in there is, and once more with a new one when that is refused: keys get changed. */
  async function signedIn<Result>(call: (access: SignedIn) => Promise<Result>): Promise<Result> {
    const existing = current;
    try {
      return await attempt(existing ?? signInAnew(), call);
    } catch (error) {
      if (existing === undefined || statusOf(error) !== 401) throw error;
      return attempt(signInAnew(), call);
    }
  }

  async function attempt<Result>(access: Promise<SignedIn>, call: (access: SignedIn) => Promise<Result>) {
    current = access;
    let isSignedIn = false;
    try {
      const present = await access;
      isSignedIn = true;
      return await call(present);
    } catch (error) {
      // The API may have moved to another address, so the next call finds it anew; not so when it asks for fewer calls.
      if (!isSignedIn || statusOf(error) !== 429) current = undefined;
      throw error;
    }
  }

  return {
    ownUserId: () => signedIn(async ({ userId }) => userId),
    queuesOf: (userId) =>
      holdBack('list queues', () =>
        signedIn(async ({ send }) => {
          const query = { OnlyForUser: userId };
          const request = { method: 'GET', path: '/queues/', query, operation: 'list queues' } as const;
          const queues = await read(send, queuesSchema, request);
          return queues.map(({ id, status }) => ({ id: id.toLowerCase(), status: status ?? undefined }));
        }),
      ),
    rteAccess: () =>
      holdBack('get an RTE token', () =>
        signedIn(async ({ send, userId, apiUrl }) => {
          const path = `/token/${encodeURIComponent(userId)}/rte/`;
          const answer = await read(send, rteTokenSchema, { method: 'GET', path, operation: 'get an RTE token' });
          return { url: rteUrl(answer.wssendpoint, apiUrl), token: answer.token };
        }),
      ),
  };
}

async function signIn({ discoveryUrl, username, secret, ...network }: EnreachClientOptions): Promise<SignedIn> {
  const apiUrl = await discoverApi(discoveryUrl, username, network);
  const client = (headers: Readonly<Record<string, string>>): HttpClient => {
    const send = createHttpClient({
      ...network,
      destination: 'Enreach',
      baseUrl: apiUrl,
      credentials: { headers: async () => headers },
      decide: (_request, { status }) => (status === 401 || status === 403 ? 'permanent' : undefined),
    });
    return (request) => send(request).catch(explain);
  };
  const secretKey =
    secret.kind === 'secretKey' ? secret.secretKey : await fetchSecretKey(client({}), username, secret.password);
  const authorization = `Basic ${Buffer.from(`${username}:${secretKey}`).toString('base64')}`;
  const send = client({ authorization });
  const user = await read(send, userSchema, { method: 'GET', path: '/users/me', operation: 'read the own user' });
  return { apiUrl, send, userId: user.id.toLowerCase() };
}

async function fetchSecretKey(send: HttpClient, username: string, password: string): Promise<string> {
  const path = `/authuser/${encodeURIComponent(username)}/`;
  const body = { UserName: username, Password: password };
  const answer = await read(send, signInSchema, { method: 'POST', path, body, operation: 'sign in' });
  return answer.secretkey;
}

async function read<Output>(send: HttpClient, schema: z.ZodMiniType<Output>, request: HttpRequest): Promise<Output> {
  const { body } = await send({ ...request, headers: { 'content-type': 'application/json' } });
  return parseAnswer(schema, body, request.operation);
}

function explain(error: unknown): never {
  if (error instanceof PermanentError && (error.httpStatus === 401 || error.httpStatus === 403)) {
    const hint = 'check ENREACH_USERNAME and ENREACH_SECRET_KEY or ENREACH_PASSWORD';
    throw new PermanentError(`${error.message}: ${hint}`, { cause: error, httpStatus: error.httpStatus });
  }
  throw error;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'httpStatus' in error && typeof error.httpStatus === 'number'
    ? error.httpStatus
    : undefined;
}
