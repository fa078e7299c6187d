import { SECTION, splitSections } from '../codec/sections.ts';
import { type AmqpValue, MalformedAmqpError, readValue } from '../codec/values.ts';

/** A request that a client sends beside its messages, to `$cbs` or `$management`. */
export interface AmqpRequest {
  readonly messageId: string;
  readonly replyTo: string;
  readonly properties: ReadonlyMap<AmqpValue, AmqpValue>;
  /** The body's value, decoded and as it came. */
  readonly body: AmqpValue;
  readonly encodedBody: Buffer;
}

const MESSAGE_ID = 0;
const REPLY_TO = 4;

/** Throws MalformedAmqpError when the message is no request. */
export function decodeRequest(bytes: Buffer): AmqpRequest {
  let fields: AmqpValue = [];
  let properties: AmqpValue = new Map();
  let body: AmqpValue = null;
  let encodedBody: Buffer = Buffer.alloc(0);
  for (const { code, valueStart, end } of splitSections(bytes)) {
    const value = () => readValue(bytes, valueStart).value;
    if (code === SECTION.properties) fields = value();
    else if (code === SECTION.applicationProperties) properties = value();
    else if (code === SECTION.value) {
      body = value();
      encodedBody = bytes.subarray(valueStart, end);
    }
  }
  if (!Array.isArray(fields) || !(properties instanceof Map)) throw new MalformedAmqpError('no request');
  const replyTo = fields[REPLY_TO];
  if (typeof replyTo !== 'string') throw new MalformedAmqpError('a request that does not say where to reply to');
  return { messageId: String(fields[MESSAGE_ID] ?? ''), replyTo, properties, body, encodedBody };
}
