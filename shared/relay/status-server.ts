import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRelayMetrics } from './relay-metrics.ts';
import { describeFigures, problemsOf, type RelayFigures } from './relay-status.ts';

export interface StatusServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Where to listen; all addresses unless told otherwise, as probes come from outside a container. */
  readonly host?: string;
  readonly figures: () => RelayFigures;
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Tells how the relay is: `/healthz` answers 200 while the process lives, `/readyz` 503 with the problems while it can't
 * do its work, and `/metrics` in the Prometheus text format. Rejects when the port can't be used.
 */
export async function startStatusServer({ port, host, figures }: StatusServerOptions): Promise<StatusServer> {
  const metrics = createRelayMetrics(figures);
  const pages: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/healthz': () => json(200, { status: 'alive', ...describeFigures(figures()) }),
    '/readyz': () => {
      const present = figures();
      const problems = problemsOf(present);
      const isReady = problems.length === 0;
      return json(isReady ? 200 : 503, { ready: isReady, problems, ...describeFigures(present) });
    },
    '/metrics': async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.metrics() }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (page !== undefined && !isRead) response.setHeader('allow', 'GET, HEAD');
    const { status, contentType, body } =
      page === undefined ? text(404, 'Not found') : isRead ? await page() : text(405, 'Method not allowed');
    response.writeHead(status, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: portOf(server.address(), port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null, wanted: number): number {
  return typeof address === 'object' && address !== null ? address.port : wanted;
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value, null, 2)}\n` };
}

function text(status: number, line: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${line}\n` };
}
