import { MalformedAmqpError, readValue, skipValue } from './values.ts';

/** Section descriptors of an AMQP 1.0 message (OASIS AMQP 1.0, part 3, section 3.2). */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

const SYMBOLS: Readonly<Record<string, number>> = {
  'amqp:header:list': SECTION.header,
  'amqp:delivery-annotations:map': SECTION.deliveryAnnotations,
  'amqp:message-annotations:map': SECTION.messageAnnotations,
  'amqp:properties:list': SECTION.properties,
  'amqp:application-properties:map': SECTION.applicationProperties,
  'amqp:data:binary': SECTION.data,
  'amqp:amqp-sequence:list': SECTION.sequence,
  'amqp:amqp-value:*': SECTION.value,
  'amqp:value:*': SECTION.value,
  'amqp:footer:map': SECTION.footer,
};

export interface Section {
  readonly code: number;
  /** Where the section begins, at its constructor. */
  readonly start: number;
  /** Where the described list, map or binary begins. */
  readonly valueStart: number;
  readonly end: number;
}

/** Splits an encoded message into its sections. Throws MalformedAmqpError when it is none. */
export function splitSections(bytes: Buffer): Section[] {
  const sections: Section[] = [];
  let previous = 0;
  for (let start = 0; start < bytes.length; ) {
    if (bytes[start] !== 0x00) throw new MalformedAmqpError(`no message section at byte ${start}`);
    const descriptor = readValue(bytes, start + 1);
    const code = typeof descriptor.value === 'string' ? SYMBOLS[descriptor.value] : descriptor.value;
    if (typeof code !== 'number' || code < SECTION.header || code > SECTION.footer) {
      throw new MalformedAmqpError(`no message section has the descriptor at byte ${start}`);
    }
    if (code < previous) throw new MalformedAmqpError(`the section at byte ${start} is out of order`);
    const end = skipValue(bytes, descriptor.end);
    sections.push({ code, start, valueStart: descriptor.end, end });
    previous = code;
    start = end;
  }
  if (sections.length === 0) throw new MalformedAmqpError('a message without a section');
  return sections;
}

/** The payload of a data section. */
export function dataOf(bytes: Buffer, section: Section): Buffer {
  const { value } = readValue(bytes, section.valueStart);
  if (!Buffer.isBuffer(value))
    throw new MalformedAmqpError(`the data section at byte ${section.start} holds no binary`);
  return value;
}
