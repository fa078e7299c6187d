import type { Bus, OutgoingMessage } from '../../shared/bus/bus.ts';
import { TransientError } from '../../shared/errors.ts';

/** May throw, and the send rejects with it. */
export type BusHook = (entity: string, messages: readonly OutgoingMessage[]) => void | Promise<void>;

export interface RecordedSend {
  readonly entity: string;
  readonly messages: readonly OutgoingMessage[];
}

/** A bus that keeps what it was sent, with places to break it. */
export class RecordingBus implements Bus {
  readonly sends: RecordedSend[] = [];
  /** Runs before messages are taken. */
  before: BusHook = () => undefined;
  /** Runs when messages have been taken: throwing here loses the confirmation, not the messages. */
  after: BusHook = () => undefined;

  /** From now on nothing is taken, until `recover`. */
  goDown(): void {
    this.before = () => {
      throw new TransientError('the bus does not answer');
    };
  }

  recover(): void {
    this.before = () => undefined;
    this.after = () => undefined;
  }

  /** Every message that `entity` took, in order. */
  messagesOf(entity: string): OutgoingMessage[] {
    return this.sends.filter((send) => send.entity === entity).flatMap(({ messages }) => messages);
  }

  async send(entity: string, messages: readonly OutgoingMessage[]): Promise<void> {
    await this.before(entity, messages);
    this.sends.push({ entity, messages });
    await this.after(entity, messages);
  }

  async check(): Promise<void> {
    await this.before('check', []);
  }

  async close(): Promise<void> {}
}

/** A message's body as a receiver gets it. */
export function bodyOf(message: OutgoingMessage): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message.body));
}
