import { asJsonObject, parseJsonText } from '../../common/request-body.ts';
import { type HubMessage, readHandshake, readHubMessage } from './client-records.ts';
import { RecordReader, writeRecord } from './records.ts';
import type { Severing, Transport, TransportListener } from './transport.ts';

/** What a connection needs of the hub. */
export interface ConnectionHost {
  /** Text to refuse every handshake with; empty to take them. */
  readonly handshakeError: () => string;
  readonly maxReceiveBytes: () => number;
  /** The completion of a call; undefined for a call that is never answered. */
  readonly invoke: (connection: HubConnection, target: string, args: readonly unknown[]) => Promise<object | undefined>;
  readonly closed: (connection: HubConnection) => void;
}

export interface ConnectionIdentity {
  readonly connectionId: string;
  /** Whose token opened it. */
  readonly userId: string;
}

const malformed = 'Connection closed with an error.';

/**
 * One client, after the transport's own opening: SignalR's JSON protocol, answering as ASP.NET Core 10 does (compared by
 * test/interop/hub-parity.test.ts).
 */
export class HubConnection implements TransportListener {
  readonly connectionId: string;
  readonly userId: string;
  readonly transport: Transport;
  /** Messages of events that were handed to the transport. */
  sent = 0;
  /** Milliseconds of `performance.now`. */
  lastReceivedMs = performance.now();
  lastSentMs = performance.now();
  #state: 'handshake' | 'open' | 'silent' | 'closed' = 'handshake';
  /** ASP.NET Core does not get past a record of a type that it does not know. */
  #isDeaf = false;
  readonly #host: ConnectionHost;
  readonly #reader = new RecordReader();
  #calls: Promise<void> = Promise.resolve();

  constructor({ connectionId, userId }: ConnectionIdentity, transport: Transport, host: ConnectionHost) {
    this.connectionId = connectionId;
    this.userId = userId;
    this.transport = transport;
    this.#host = host;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** TCP stays up, and nothing is read or sent any more. */
  get isSilent(): boolean {
    return this.#state === 'silent';
  }

  received(text: string): void {
    this.lastReceivedMs = performance.now();
    for (const record of this.#reader.push(text)) this.#takeRecord(record);
    if (Buffer.byteLength(this.#reader.unfinished) > this.#host.maxReceiveBytes()) this.#refuse();
  }

  closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#host.closed(this);
  }

  /** Hands whole records over; false where the client can't get them any more. */
  send(records: string | Buffer): boolean {
    if (this.#state !== 'open') return false;
    this.lastSentMs = performance.now();
    this.transport.send(records);
    return true;
  }

  /** Hands an event's message over; false where the client can't get it any more. */
  sendEvent(records: Buffer): boolean {
    if (!this.send(records)) return false;
    this.sent += 1;
    return true;
  }

  /** Ends in order. Clients of SignalR reconnect by themselves only where a close message allows it. */
  close(message: { readonly error?: string; readonly allowReconnect?: boolean } = {}): void {
    if (this.#state !== 'open' && this.#state !== 'handshake') return;
    this.transport.send(writeRecord({ type: 7, ...message }));
    this.#finish();
  }

  /** Ends without a close message. */
  sever(how: Severing): void {
    this.transport.sever(how);
    this.closed();
  }

  fallSilent(): void {
    if (this.#state !== 'open') return;
    this.#state = 'silent';
    this.transport.fallSilent();
  }

  #finish(): void {
    this.transport.finish();
    this.closed();
  }

  /** Malformed records end the connection, as everywhere in ASP.NET Core. */
  #refuse(): void {
    if (this.#state === 'handshake') this.#refuseHandshake('An unexpected error occurred during connection handshake.');
    else this.close({ error: malformed, allowReconnect: true });
  }

  #takeRecord(text: string): void {
    if (this.#isDeaf || (this.#state !== 'handshake' && this.#state !== 'open')) return;
    const record = asJsonObject(parseJsonText(text));
    if (record === undefined || Buffer.byteLength(text) > this.#host.maxReceiveBytes()) this.#refuse();
    else if (this.#state === 'handshake') this.#takeHandshake(record);
    else this.#takeMessage(readHubMessage(record));
  }

  #takeHandshake(record: ReadonlyMap<string, unknown>): void {
    const { error = '' } = readHandshake(record);
    const refusal = this.#host.handshakeError() || error;
    if (refusal !== '') {
      this.#refuseHandshake(refusal);
      return;
    }
    this.#state = 'open';
    this.send(writeRecord({}));
  }

  #refuseHandshake(error: string): void {
    this.transport.send(writeRecord({ error }));
    this.#finish();
  }

  #takeMessage(message: HubMessage): void {
    switch (message.kind) {
      case 'malformed':
        this.#refuse();
        break;
      case 'close':
        this.close();
        break;
      case 'invocation':
        this.#queue(message.invocationId, () => this.#host.invoke(this, message.target, message.arguments));
        break;
      case 'streamInvocation':
        this.#queue(message.invocationId, async () => ({
          error: `The client attempted to invoke the non-streaming '${message.target}' method with a streaming invocation.`,
        }));
        break;
      case 'unknown':
        this.#isDeaf = true;
        break;
      case 'ignored':
        break;
    }
  }

  /** A client's calls run one after the other. Without an id, nobody waits for the answer. */
  #queue(invocationId: string | undefined, run: () => Promise<object | undefined>): void {
    this.#calls = this.#calls.then(async () => {
      const completion = await run();
      if (completion !== undefined && invocationId !== undefined) {
        this.send(writeRecord({ type: 3, invocationId, ...completion }));
      }
    });
  }
}
