import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Severing, Transport, TransportListener } from './transport.ts';

/** SignalR over one WebSocket: its text frames carry the records. */
export class WebSocketTransport implements Transport {
  readonly name = 'WebSockets';
  readonly #webSocket: WebSocket;
  readonly #tcp: Socket;

  constructor(webSocket: WebSocket, tcp: Socket) {
    this.#webSocket = webSocket;
    this.#tcp = tcp;
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  tell(listener: TransportListener): void {
    this.#webSocket.on('message', (data) => listener.received(data.toString()));
    this.#webSocket.on('close', () => listener.closed());
    this.#webSocket.on('error', () => {
      // The end of the connection follows, and that is what counts.
    });
  }

  send(records: string | Buffer): void {
    this.#webSocket.send(records, { binary: false });
  }

  finish(): void {
    this.#webSocket.close(1000);
  }

  sever(how: Severing): void {
    if (how === 'reset') this.#tcp.resetAndDestroy();
    else this.#tcp.end();
  }

  fallSilent(): void {
    this.#webSocket.pause();
  }

  cork(): void {
    this.#tcp.cork();
  }

  uncork(): void {
    this.#tcp.uncork();
  }
}
