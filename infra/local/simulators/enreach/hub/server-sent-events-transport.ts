import type { ServerResponse } from 'node:http';
import type { Severing, Transport, TransportListener } from './transport.ts';

/** Records to the client in one endless answer; the client's own come as POST requests. */
export class ServerSentEventsTransport implements Transport {
  readonly name = 'ServerSentEvents';
  readonly #response: ServerResponse;
  #isSilent = false;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  /** Begins the answer, so that the client knows that the way is open. */
  tell(listener: TransportListener): void {
    this.#response.on('close', () => listener.closed());
    this.#response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache,no-store' });
    this.#response.write(':\r\n');
  }

  send(records: string | Buffer): void {
    if (!this.#isSilent) this.#response.write(`data: ${records}\r\n\r\n`);
  }

  finish(): void {
    this.#response.end();
  }

  sever(how: Severing): void {
    const { socket } = this.#response;
    if (how === 'reset') socket?.resetAndDestroy();
    else socket?.end();
  }

  fallSilent(): void {
    this.#isSilent = true;
  }

  cork(): void {
    this.#response.cork();
  }

  uncork(): void {
    this.#response.uncork();
  }
}
