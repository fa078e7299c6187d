import { once } from 'node:events';
import { WebSocket } from 'ws';

const recordEnd = '\x1e';

/** The first record of a client. */
export const handshake = record({ protocol: 'json', version: 1 });

/** One record as text. */
export function record(value: unknown): string {
  return JSON.stringify(value) + recordEnd;
}

/** A call of a hub method. */
export function invocation(target: string, args: unknown, invocationId: unknown = '1'): string {
  return record({ type: 1, invocationId, target, arguments: args });
}

/** A WebSocket to a hub without a SignalR client, for what such a client never sends. */
export interface RawHubClient {
  /** What has arrived, parsed, in order. */
  readonly records: unknown[];
  /** The code that the hub closed with; undefined while the connection is open. */
  closeCode(): number | undefined;
  send(text: string): void;
  /** A ping of the WebSocket, not of SignalR. `pongs` counts the answers. */
  ping(): void;
  pongs(): number;
  close(): Promise<void>;
}

/** Opens the WebSocket; sends nothing. Throws the status where the hub refuses it. */
export async function openRawHubClient(url: string, headers: Readonly<Record<string, string>>): Promise<RawHubClient> {
  const webSocket = new WebSocket(url.replace('http', 'ws'), { headers });
  const records: unknown[] = [];
  let closeCode: number | undefined;
  webSocket.on('message', (data) => {
    for (const text of data.toString().split(recordEnd)) if (text !== '') records.push(JSON.parse(text));
  });
  let pongs = 0;
  webSocket.on('pong', () => {
    pongs += 1;
  });
  webSocket.on('close', (code) => {
    closeCode = code;
  });
  await new Promise<void>((resolve, reject) => {
    webSocket.on('open', resolve);
    webSocket.on('error', reject);
    webSocket.on('unexpected-response', (request, response) => {
      request.destroy();
      reject(new Error(`status ${response.statusCode}`));
    });
  });
  return {
    records,
    closeCode: () => closeCode,
    send: (text) => webSocket.send(text),
    ping: () => webSocket.ping(),
    pongs: () => pongs,
    close: async () => {
      if (closeCode !== undefined) return;
      webSocket.terminate();
      await once(webSocket, 'close');
    },
  };
}
