import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyForRecord, rawBodyOf } from './request-body.ts';

/** One request that reached a simulator, and what it answered. */
export interface RecordedRequest {
  /** When it arrived, ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
  /** Parsed when it is JSON, else the text; null when there was none. */
  readonly body: unknown;
  /** Null while there is none, and for good when it was withheld or its connection was reset. */
  answer: { readonly status: number; readonly body: unknown } | null;
}

/** Requests in the order of their arrival. */
export class RequestLog {
  #requests: RecordedRequest[] = [];
  readonly #byRequest = new WeakMap<FastifyRequest, RecordedRequest>();

  /** Copies, so that an assertion on them cannot be changed by a later answer. */
  all(): RecordedRequest[] {
    return this.#requests.map((request) => ({ ...request }));
  }

  clear(): void {
    this.#requests = [];
  }

  /** Records every request to the scope's routes, those it does not know included. Add it before other hooks. */
  recordRequests(scope: FastifyInstance, clock: () => number): void {
    scope.addHook('preHandler', async (request) => {
      const recorded: RecordedRequest = {
        at: new Date(clock()).toISOString(),
        method: request.method,
        path: pathOf(request),
        query: Object.fromEntries(Object.entries(request.query ?? {})),
        headers: request.headers,
        body: bodyForRecord(rawBodyOf(request), request.headers['content-type']),
        answer: null,
      };
      this.#requests.push(recorded);
      this.#byRequest.set(request, recorded);
    });
  }

  /** Records what is really sent. Add it after the hooks that change answers. */
  recordAnswers(scope: FastifyInstance): void {
    scope.addHook('onSend', async (request, reply, payload) => {
      const recorded = this.#byRequest.get(request);
      if (recorded === undefined || request.raw.socket.destroyed) return;
      const text = typeof payload === 'string' ? payload : '';
      const contentType = reply.getHeader('content-type');
      recorded.answer = { status: reply.statusCode, body: bodyForRecord(text, contentType?.toString()) };
    });
  }
}

/** The path as sent, without the query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
