import type { ServerResponse } from 'node:http';
import type { Severing, Transport, TransportListener } from './transport.ts';

/** How long a poll waits for something to say (ASP.NET Core's default). */
const pollTimeoutMs = 90_000;

/** How long a client may stay away between two polls (ASP.NET Core's default). */
const absenceTimeoutMs = 15_000;

/**
 * Records to the client as answers to its GET requests; the client's own come as POST requests. The first poll is
 * answered at once, as a sign that the way is open. After the end, 204 tells the client to stop polling.
 */
export class LongPollingTransport implements Transport {
  readonly name = 'LongPolling';
  #listener: TransportListener | undefined;
  #waiting: Buffer[] = [];
  #poll: ServerResponse | undefined;
  #pollTimer: NodeJS.Timeout | undefined;
  #absenceTimer: NodeJS.Timeout | undefined;
  #state: 'new' | 'open' | 'silent' | 'finishing' | 'over' = 'new';

  /** True once the client knows that it is over. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  get bufferedBytes(): number {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0);
  }

  tell(listener: TransportListener): void {
    this.#listener = listener;
  }

  /** Takes a GET request's answer over. */
  poll(response: ServerResponse): void {
    clearTimeout(this.#absenceTimer);
    if (this.#state === 'silent') return;
    if (this.#poll !== undefined) this.#answer(204);
    this.#poll = response;
    response.on('close', () => this.#pollEnded(response));
    if (this.#state === 'new') {
      this.#state = 'open';
      this.#answer(200);
      return;
    }
    this.#pollTimer = setTimeout(() => this.#answer(200), pollTimeoutMs);
    this.#pollTimer.unref();
    this.#flush();
  }

  send(records: string | Buffer): void {
    if (this.#state === 'silent') return;
    this.#waiting.push(typeof records === 'string' ? Buffer.from(records) : records);
    this.#flush();
  }

  finish(): void {
    this.#state = 'finishing';
    this.#flush();
  }

  sever(how: Severing): void {
    const socket = this.#poll?.socket;
    if (how === 'reset') socket?.resetAndDestroy();
    else socket?.end();
    this.#end();
  }

  fallSilent(): void {
    this.#state = 'silent';
    clearTimeout(this.#pollTimer);
  }

  /** The client has said that it is done. */
  leave(): void {
    if (this.#poll !== undefined) this.#answer(204);
    this.#end();
    this.#listener?.closed();
  }

  cork(): void {
    // What is sent together is answered together anyway: see #flush.
  }

  uncork(): void {
    this.#flush();
  }

  #flush(): void {
    if (this.#poll === undefined || this.#state === 'silent') return;
    if (this.#waiting.length > 0) this.#answer(200, Buffer.concat(this.#waiting.splice(0)));
    else if (this.#state === 'finishing') {
      this.#answer(204);
      this.#end();
    }
  }

  #answer(status: number, body = Buffer.alloc(0)): void {
    const response = this.#poll;
    this.#poll = undefined;
    clearTimeout(this.#pollTimer);
    response?.writeHead(status, { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache, no-store' });
    response?.end(body);
  }

  #pollEnded(response: ServerResponse): void {
    if (this.#poll === response) this.#poll = undefined;
    if (this.#poll !== undefined || this.#state === 'over') return;
    this.#absenceTimer = setTimeout(() => {
      this.#end();
      this.#listener?.closed();
    }, absenceTimeoutMs);
    this.#absenceTimer.unref();
  }

  #end(): void {
    this.#state = 'over';
    this.#waiting = [];
    clearTimeout(this.#pollTimer);
    clearTimeout(this.#absenceTimer);
  }
}
