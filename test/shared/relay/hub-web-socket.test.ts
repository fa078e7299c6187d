import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { webSocketWithTimeout } from '../../../shared/relay/hub-web-socket.ts';

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

it('a WebSocket whose upgrade is never answered fails in time', async () => {
  const silent = createServer((socket) => void sockets.add(socket));
  server = silent;
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const WebSocket = webSocketWithTimeout(50);
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/rte`);
  const error = await new Promise<Error>((resolve) => webSocket.on('error', resolve));
  expect(error.message).toContain('timed out');
});
