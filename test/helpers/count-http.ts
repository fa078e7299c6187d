import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface CountedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bodyBytes: number;
}

export interface CountingHttp {
  readonly port: number;
  readonly requests: CountedRequest[];
  close(): Promise<void>;
}

/** A port that passes HTTP requests on to `targetPort` with their headers as they are, and notes each. */
export async function countHttp(targetPort: number): Promise<CountingHttp> {
  const requests: CountedRequest[] = [];
  const server = createServer((incoming, answer) => {
    const { method = '', url = '', headers } = incoming;
    let bodyBytes = 0;
    const forwarded = request({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, (response) => {
      requests.push({ method, path: url, status: response.statusCode ?? 0, bodyBytes });
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    incoming.on('data', (chunk: Buffer) => {
      bodyBytes += chunk.length;
    });
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
