import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket that gives up when the other side takes the connection but never answers the upgrade. */
export function webSocketWithTimeout(handshakeTimeoutMs: number) {
  return class extends WebSocket {
    constructor(address: string, protocols?: string | string[], options?: ClientOptions) {
      // Compressing small JSON records costs more CPU than the network is worth.
      super(address, protocols, { ...options, handshakeTimeout: handshakeTimeoutMs, perMessageDeflate: false });
    }
  };
}
