import { AbortError, HttpClient, HttpError, type HttpRequest, HttpResponse, TimeoutError } from '@microsoft/signalr';
import { retryAfterMs } from '../delivery/retry-timing.ts';

/** An answer that was no success. */
export interface HubRefusal {
  readonly httpStatus: number;
  readonly retryAfterMs: number | undefined;
}

export interface HubHttpClientOptions {
  readonly fetch: typeof fetch;
  readonly clock: () => number;
  /** The hub has answered something: with long polling, an answer without messages is all that shows it lives. */
  readonly onAlive: (atMs: number) => void;
}

/** SignalR's HTTP requests over `fetch`, which remembers refusals, as SignalR's own errors lose status and headers. */
export class HubHttpClient extends HttpClient {
  readonly #options: HubHttpClientOptions;
  /** By host: load balancers keep a client on one server by them. */
  readonly #cookies = new Map<string, Map<string, string>>();
  /** The last one. */
  refusal: HubRefusal | undefined;

  constructor(options: HubHttpClientOptions) {
    super();
    this.#options = options;
  }

  override async send({ method = 'GET', url = '', content, headers, abortSignal, timeout }: HttpRequest) {
    if (abortSignal?.aborted) throw new AbortError();
    const abort = new AbortController();
    if (abortSignal) abortSignal.onabort = () => abort.abort(new AbortError());
    const timer = timeout ? setTimeout(() => abort.abort(new TimeoutError()), timeout) : undefined;
    const cookie = this.getCookieString(url);
    try {
      const response = await this.#options.fetch(url, {
        method,
        ...(content !== undefined && content !== '' && { body: content }),
        headers: {
          'x-requested-with': 'XMLHttpRequest',
          ...(content && { 'content-type': 'text/plain;charset=UTF-8' }),
          ...headers,
          ...(cookie !== '' && { cookie }),
        },
        // A redirect would carry the token to an address that nobody named.
        redirect: 'manual',
        signal: abort.signal,
      });
      return await this.#read(response, url);
    } catch (error) {
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      clearTimeout(timer);
      if (abortSignal) abortSignal.onabort = null;
    }
  }

  async #read(response: Response, url: string): Promise<HttpResponse> {
    this.#keepCookies(response.headers.getSetCookie(), new URL(url).host);
    const text = await response.text();
    const nowMs = this.#options.clock();
    if (!response.ok) {
      const header = response.headers.get('retry-after');
      this.refusal = { httpStatus: response.status, retryAfterMs: retryAfterMs(header, nowMs) };
      // SignalR asks for a new token and tries again when it sees a 401, as long polling needs once a token has expired.
      if (response.status !== 401) throw new HttpError(response.statusText, response.status);
      return new HttpResponse(response.status, response.statusText, text);
    }
    this.#options.onAlive(nowMs);
    return new HttpResponse(response.status, response.statusText, text);
  }

  override getCookieString(url: string): string {
    const cookies = this.#cookies.get(new URL(url).host) ?? [];
    return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keepCookies(setCookies: readonly string[], host: string): void {
    for (const setCookie of setCookies) {
      const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(setCookie) ?? [];
      if (name === undefined || value === undefined) continue;
      const ofHost = this.#cookies.get(host) ?? new Map<string, string>();
      this.#cookies.set(host, ofHost.set(name, value.trim()));
    }
  }
}
