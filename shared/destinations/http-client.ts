import { retryAfterMs } from '../delivery/retry-timing.ts';
import { PermanentError, TransientError } from '../errors.ts';

/** What an answer means for the delivery that it belongs to. */
export type Decision = 'done' | 'retry' | 'refresh-token' | 'permanent';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as JSON where it is JSON, else as text; undefined when it is empty. */
  readonly body: unknown;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the base URL, starting with a slash; its parts are encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What is being done, for errors: paths and queries can hold phone numbers. */
  readonly operation: string;
}

/** Headers that prove who we are. */
export interface Credentials {
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** New headers after the destination refused the old ones. Absent where there is nothing to renew. */
  readonly refreshed?: () => Promise<Readonly<Record<string, string>>>;
}

export interface HttpClientOptions {
  /** Name of the destination, for errors. */
  readonly destination: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
  readonly clock: () => number;
  readonly credentials: Credentials;
  /** Where the destination's answers mean something else than {@link decideByStatus} says. */
  readonly decide?: (request: HttpRequest, answer: HttpAnswer) => Decision | undefined;
  /** A word from an error answer that helps and holds no personal data, such as a vendor's error code. */
  readonly errorCode?: (answer: HttpAnswer) => string | undefined;
}

/** Sends a request, and gives the answer when it means success. @throws PermanentError | TransientError */
export type HttpClient = (request: HttpRequest) => Promise<HttpAnswer>;

/** The decision table for destinations that use HTTP statuses as they are meant. */
export function decideByStatus(status: number): Decision {
  if (status >= 200 && status < 300) return 'done';
  if (status === 401 || status === 403) return 'refresh-token';
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'retry';
  return 'permanent';
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { destination, credentials } = options;

  return async (request) => {
    let answer = await send(request, await credentials.headers(), options);
    let decision = decide(request, answer, options);
    if (decision === 'refresh-token' && credentials.refreshed) {
      answer = await send(request, await credentials.refreshed(), options);
      decision = decide(request, answer, options);
    }
    if (decision === 'done') return answer;

    const { status: httpStatus } = answer;
    const code = options.errorCode?.(answer);
    const text = `${destination} answered ${httpStatus}${code === undefined ? '' : ` (${code})`} to "${request.operation}"`;
    if (decision === 'permanent') throw new PermanentError(text, { httpStatus });
    // Access that is denied now is usually restored by a person; until then deliveries wait.
    throw new TransientError(decision === 'refresh-token' ? `${text}: check its credentials` : text, {
      httpStatus,
      retryAfterMs: retryAfterMs(answer.headers.get('retry-after'), options.clock()),
    });
  };
}

function decide(request: HttpRequest, answer: HttpAnswer, options: HttpClientOptions): Decision {
  return options.decide?.(request, answer) ?? decideByStatus(answer.status);
}

async function send(
  { method, path, query, headers, body, operation }: HttpRequest,
  authorization: Readonly<Record<string, string>>,
  { destination, baseUrl, timeoutMs, fetch }: HttpClientOptions,
): Promise<HttpAnswer> {
  const url = new URL(baseUrl.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
        ...authorization,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A redirect would carry credentials to an address that nobody configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, headers: response.headers, body: parseBody(await response.text()) };
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
    const what = isTimeout ? `did not answer within ${timeoutMs} ms` : 'could not be reached';
    throw new TransientError(`${destination} ${what} for "${operation}"`, { cause });
  }
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
