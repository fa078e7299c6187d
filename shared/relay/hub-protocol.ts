import {
  type HubMessage,
  type IHubProtocol,
  type ILogger,
  JsonHubProtocol,
  MessageType,
  TransferFormat,
} from '@microsoft/signalr';

/** Where the protocol hands what comes from the hub. Called synchronously, so it must be cheap. */
export interface HubReceiver {
  /** The hub has shown that it lives: a message, a ping, anything. */
  onAlive(atMs: number): void;
  /** The argument of one `MessageReceived`. What can't be read as a record of the protocol comes as its text. */
  onMessage(message: unknown, receivedAtMs: number): void;
}

const RECORD_SEPARATOR = '\x1e';
const MESSAGE_RECEIVED = 'messagereceived';

/**
 * SignalR's JSON protocol, for a receiver that must not lose anything:
 *
 * - a record that is no valid JSON goes to the receiver, where SignalR's own protocol would close the connection;
 * - a record may come in several pieces;
 * - `MessageReceived` goes straight to the receiver, without the promises that a registered handler costs per message.
 */
export class LosslessHubProtocol implements IHubProtocol {
  readonly name = 'json';
  readonly version = 2;
  readonly transferFormat = TransferFormat.Text;
  readonly #json = new JsonHubProtocol();
  readonly #receiver: HubReceiver;
  readonly #clock: () => number;
  /** The beginning of a record whose end has not come yet. */
  #begun = '';

  constructor(receiver: HubReceiver, clock: () => number) {
    this.#receiver = receiver;
    this.#clock = clock;
  }

  writeMessage(message: HubMessage): string {
    return this.#json.writeMessage(message);
  }

  parseMessages(input: string | ArrayBuffer, logger: ILogger): HubMessage[] {
    const nowMs = this.#clock();
    this.#receiver.onAlive(nowMs);
    const received = typeof input === 'string' ? input : Buffer.from(input).toString();
    const text = this.#begun === '' ? received : this.#begun + received;
    const forSignalR: HubMessage[] = [];
    let start = 0;
    for (let end = text.indexOf(RECORD_SEPARATOR); end !== -1; end = text.indexOf(RECORD_SEPARATOR, start)) {
      if (end > start) this.#take(text.slice(start, end), nowMs, logger, forSignalR);
      start = end + 1;
    }
    this.#begun = start === text.length ? '' : text.slice(start);
    return forSignalR;
  }

  #take(text: string, nowMs: number, logger: ILogger, forSignalR: HubMessage[]): void {
    const record = parseRecord(text);
    if (record === undefined) {
      this.#receiver.onMessage(text, nowMs);
    } else if (record.type === MessageType.Invocation && isMessageReceived(record)) {
      const { arguments: args } = record;
      // Documented is one argument; with another number of them the receiver shall see all.
      this.#receiver.onMessage(Array.isArray(args) && args.length === 1 ? args[0] : args, nowMs);
    } else if (record.type !== MessageType.Ping) {
      try {
        for (const message of this.#json.parseMessages(text + RECORD_SEPARATOR, logger)) forSignalR.push(message);
      } catch {
        this.#receiver.onMessage(text, nowMs);
      }
    }
  }
}

interface HubRecord {
  readonly type?: unknown;
  readonly target?: unknown;
  readonly invocationId?: unknown;
  readonly arguments?: unknown;
}

function parseRecord(text: string): HubRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return typeof record === 'object' && record !== null ? record : undefined;
  } catch {
    return undefined;
  }
}

/** One that waits for an answer is left to SignalR, which gives one. */
function isMessageReceived({ target, invocationId }: HubRecord): boolean {
  if (typeof target !== 'string' || (invocationId ?? null) !== null) return false;
  return target === 'MessageReceived' || target.toLowerCase() === MESSAGE_RECEIVED;
}
