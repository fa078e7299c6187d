import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface Listener {
  readonly port: number;
  /** Begins to serve; connections made since `openListener` come first. */
  serve(connected: (socket: Socket) => void): void;
  /** Takes no new connections, and ends those that wait. */
  close(): Promise<void>;
}

/**
 * Takes a port at once and lets connections wait until there is somebody to serve them.
 * Throws when the port is taken.
 */
export async function openListener(host: string, port: number): Promise<Listener> {
  let waiting: Socket[] | undefined = [];
  let connected: (socket: Socket) => void = (socket) => waiting?.push(socket);
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    // A connection may break before anyone listens to it.
    socket.on('error', () => undefined);
    connected(socket);
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`port ${port} is in use: the embedded Service Bus cannot listen`, { cause: error });
    }
    throw error;
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    serve(handler) {
      connected = handler;
      for (const socket of waiting ?? []) handler(socket);
      waiting = undefined;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of waiting ?? []) socket.destroy();
      await closed;
    },
  };
}
