import type { EventContext } from 'rhea';
import { formatGuid } from '../codec/lock-token.ts';
import { AmqpContent } from '../codec/message-content.ts';
import { dataOf, SECTION, splitSections } from '../codec/sections.ts';
import { MalformedAmqpError } from '../codec/values.ts';
import type { Engine } from '../engine/engine.ts';
import type { Ingress } from '../engine/ingress.ts';
import { ACCEPTED, describeError, rejected } from './outcomes.ts';
import type { ServerReceiver } from './rhea-internals.ts';

/** The message format of a batch: every data section of the message is a message itself. */
const BATCH_FORMAT = 0x8001_3700;

export interface ProducerLinkOptions {
  readonly link: ServerReceiver;
  readonly ingress: Ingress;
  readonly engine: Engine;
  readonly newToken: () => string;
  readonly unexpected: (error: unknown) => void;
}

/** A client's sender: each message, or each batch as a whole, is confirmed once it is safe. */
export function serveProducer({ link, ingress, engine, newToken, unexpected }: ProducerLinkOptions): void {
  const newMessageId = () => formatGuid(newToken());
  link.on('message', ({ message: bytes, delivery }: EventContext) => {
    let outcome = ACCEPTED;
    try {
      if (!Buffer.isBuffer(bytes)) throw new MalformedAmqpError('the message arrived decoded');
      ingress.checkSize(bytes.length);
      const encoded = delivery?.format === BATCH_FORMAT ? batchedMessages(bytes) : [bytes];
      ingress.send(encoded.map((each) => AmqpContent.parse(each, newMessageId)));
    } catch (error) {
      outcome = rejected(describeError(error, unexpected));
    }
    engine.whenSafe(() => {
      if (link.is_open()) delivery?.update(true, outcome);
    });
  });
}

function batchedMessages(bytes: Buffer): Buffer[] {
  const messages = splitSections(bytes).filter(({ code }) => code === SECTION.data);
  if (messages.length === 0) throw new MalformedAmqpError('a batch without a message');
  return messages.map((section) => dataOf(bytes, section));
}
