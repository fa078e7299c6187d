import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AdminOptions, answerAdmin, isAdminPath } from './admin.ts';
import type { FunctionRunner } from './function-runner.ts';
import {
  BodyTooLargeError,
  declaredLength,
  type RequestTarget,
  readBody,
  readTarget,
  toHttpData,
} from './http-request.ts';
import { answerEmpty, answerWith } from './http-response.ts';
import { isAuthorized, isMasterKey, presentedKey } from './keys.ts';
import { describeError, type HostLog } from './log.ts';
import { findRoute, type Route, type RouteMatch } from './routes.ts';

export interface HttpServerOptions extends AdminOptions {
  routes: readonly Route[];
  runner: FunctionRunner;
  log: HostLog;
}

/** The port is taken. Its message says which, and by whom it was wanted. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
}

/** Longer than the idle time after which clients drop connections, so that none is closed under a request. */
const keepAliveMs = 65_000;

/** Serves the HTTP functions and the admin API on the loopback interface. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  #fallbackHost = '127.0.0.1';
  #draining = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
      response.once('close', () => {
        if (this.#draining) this.#server.closeIdleConnections();
      });
      this.#answer(request, response).catch((error: unknown) => this.#fail(request, response, error));
    });
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. @throws {PortInUseError} */
  async listen(port: number): Promise<number> {
    const address = await new Promise<AddressInfo | string | null>((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        const inUse = `Port ${port} is in use: the local Functions host cannot listen`;
        reject(cause.code === 'EADDRINUSE' ? new PortInUseError(inUse, { cause }) : cause);
      });
      this.#server.listen(port, '127.0.0.1', () => resolve(this.#server.address()));
    });
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    this.#fallbackHost = `127.0.0.1:${bound}`;
    return bound;
  }

  /** Takes no new connection and resolves when the requests under way have been answered. */
  async drain(): Promise<void> {
    this.#draining = true;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  /** Cuts the connections that are left. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = readTarget(request, this.#fallbackHost);
    if (target === undefined) return answerEmpty(response, 400);
    const header = request.headers['x-functions-key'];
    const key = presentedKey(Array.isArray(header) ? header[0] : header, codeOf(target.query));
    if (isAdminPath(target.path)) return await answerAdmin(this.#options, request, response, target.path, key);

    const match = findRoute(this.#options.routes, request.method ?? 'GET', target.path);
    if (match === undefined) return answerEmpty(response, 404);
    const { trigger, target: called } = match.route;
    if (!isAuthorized(this.#options.keys, trigger.authLevel, called.name, key)) return answerEmpty(response, 401);
    if (called.disabled && !isMasterKey(this.#options.keys, key)) return answerEmpty(response, 404);
    await this.#run(request, response, target, match);
  }

  async #run(
    request: IncomingMessage,
    response: ServerResponse,
    target: RequestTarget,
    match: RouteMatch,
  ): Promise<void> {
    // Without a Content-Length the real host passes no body on, so neither may this one.
    const body = declaredLength(request) > 0 ? await readBody(request) : undefined;
    request.resume();
    const { trigger, target: called } = match.route;
    const data = { http: toHttpData(request, target, match.params, body) };
    const run = this.#options.runner.run(called, {
      inputData: [{ name: trigger.bindingName, data }],
      triggerMetadata: {},
      traceParent: single(request.headers.traceparent),
      traceState: single(request.headers.tracestate),
    });
    const outcome = await run.catch(() => undefined);
    if (outcome === undefined) return answerEmpty(response, 500);
    answerWith(response, outcome.returnValue);
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof BodyTooLargeError) {
      response.setHeader('connection', 'close');
      answerEmpty(response, 413);
      request.resume();
      return;
    }
    if (request.destroyed && !request.complete) return;
    this.#options.log.host('error', `A request could not be answered: ${describeError(error)}`);
    for (const name of response.headersSent ? [] : response.getHeaderNames()) response.removeHeader(name);
    answerEmpty(response, 500);
  }
}

/** The query's `code`, whatever the case of its name. */
function codeOf(query: URLSearchParams): string | undefined {
  for (const [name, value] of query) if (name.toLowerCase() === 'code') return value;
  return undefined;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
