import { isAboutOneEntity } from './bus-errors.ts';
import type { HostLog } from './log.ts';

/**
 * Reports what keeps listeners from receiving: once when it starts and once when it is over, however many receivers notice
 * it. One instance serves all functions of a connection.
 */
export class BusOutages {
  readonly #log: HostLog;
  readonly #connection: string;
  readonly #open = new Set<string>();

  constructor(log: HostLog, connection: string) {
    this.#log = log;
    this.#connection = connection;
  }

  failed(functionName: string, error: unknown): void {
    const message = describe(error);
    const own = isAboutOneEntity(error);
    const key = own ? functionName : '';
    if (this.#open.has(key)) return;
    this.#open.add(key);
    if (own) this.#log.about(functionName, 'error', `cannot receive, and keeps trying: ${message}`);
    else {
      const text = `Service Bus (${this.#connection}) cannot be reached; its functions wait for it: ${message}`;
      this.#log.host('warning', text);
    }
  }

  recovered(functionName: string): void {
    if (this.#open.delete('')) this.#log.host('information', `Service Bus (${this.#connection}) is reachable again.`);
    if (this.#open.delete(functionName)) this.#log.about(functionName, 'information', 'receives again');
  }
}

/** The client library has no words for a connection that ended without a reason. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === 'Unknown error encountered.' ? 'the connection ended' : message;
}
